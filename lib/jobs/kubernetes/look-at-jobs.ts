import type { JobStatus } from '../model';
import { KubernetesError } from './api';
import { isAbsent, type JobNamespace } from './namespace';
import { containerOf, hasBegun, isFinished, newestOf } from './objects';
import { statusOf, statusWithoutJob } from './status';

/** One status a name, in the order asked. `container` is the labeler's, null for the only one. */
export async function statusesOf(
  namespace: JobNamespace,
  names: string[],
  container: string | null,
): Promise<JobStatus[]> {
  if (names.length === 0) return [];
  const asked = [...new Set(names)];
  const [jobs, pods] = await Promise.all([namespace.jobsOf(asked), namespace.podsOf(asked)]);
  const found = await Promise.all(
    jobs.map(async (job) => {
      const pod = newestOf(pods, job.metadata.name);
      const warning = isFinished(job) || (pod && hasBegun(pod)) ? null : await namespace.warningOf(pod ?? job);
      return [job.metadata.name, statusOf(job, pod, warning, containerOf(job, container))] as const;
    }),
  );
  const byName = new Map(found);
  return names.map((name) => byName.get(name) ?? statusWithoutJob(name, newestOf(pods, name)));
}

/** The last lines of what the container that works printed; '' when there is none yet. */
export async function logsOf(
  namespace: JobNamespace,
  { name, tailLines, container }: { name: string; tailLines: number; container: string | null },
): Promise<string> {
  const [job, pods] = await Promise.all([namespace.find(name), namespace.podsOf([name])]);
  const pod = newestOf(pods, name);
  const which = (job && containerOf(job, container)) ?? pod?.spec.containers[0]?.name;
  if (!pod || which === undefined) return '';
  const query = { container: which, tailLines: String(tailLines) };
  return namespace.api.text(`${namespace.path('pods')}/${pod.metadata.name}/log`, query).catch((error) => {
    // NOTE: 400 means "waiting to start"; absent is a pod that was deleted between the two calls.
    if (isAbsent(error) || (error instanceof KubernetesError && error.status === 400)) return '';
    throw error;
  });
}
