import { agree } from '@/lib/words';
import type { JobStatus } from '../model';
import { firstLine, isAtWork, isTrue, type JobObject, type PodObject } from './objects';
import { whyFailed } from './why-failed';
import { whyWaiting } from './why-waiting';

const unknownStatus = (name: string): JobStatus => ({
  name,
  state: 'unknown',
  sentence: 'Kubernetes has no Job of this name.',
  exitCode: null,
  startedAt: null,
  endedAt: null,
});

/** The status of a pod whose Job is gone: it runs, or nothing is known. */
export const statusWithoutJob = (name: string, pod: PodObject | null): JobStatus =>
  pod && isAtWork(pod)
    ? {
        ...unknownStatus(name),
        state: 'running',
        sentence: `Its Job is gone, but pod ${pod.metadata.name} still runs.`,
      }
    : unknownStatus(name);

/**
 * State and sentence of a Job, from the Job, its newest pod and the newest warning about it. The container that does
 * the work decides: its end is that of the Job, whatever runs beside it. If its name is not known (null), all decide.
 */
export function statusOf(
  job: JobObject,
  pod: PodObject | null,
  warning: string | null,
  container: string | null = null,
): JobStatus {
  const { name } = job.metadata;
  const all = pod?.status.containerStatuses ?? [];
  const named = all.filter((one) => one.name === container);
  const states = (named.length > 0 ? named : all).map((one) => one.state);
  const terminated = states.map((state) => state.terminated).find((state) => state && state.exitCode !== 0);
  const ended = terminated ?? states.map((state) => state.terminated).find(Boolean);
  const starts = states.map((state) => state.running?.startedAt ?? state.terminated?.startedAt);
  const startedAt = starts.find((start) => typeof start === 'number') ?? null;
  const complete = isTrue(job, 'Complete');
  const failed = isTrue(job, 'Failed');
  const base = { name, startedAt: startedAt ?? (complete || failed ? (job.status.startTime ?? null) : null) };
  const open = { exitCode: null, endedAt: null };
  const running = { ...open, state: 'running' as const };
  const endedWell = named.length > 0 && ended?.exitCode === 0;
  if (complete || (failed && endedWell)) {
    const endedAt = ended?.finishedAt ?? job.status.completionTime ?? (complete ?? failed)?.lastTransitionTime ?? null;
    return { ...base, state: 'succeeded', sentence: 'Ended well.', exitCode: 0, endedAt };
  }
  if (failed && pod && isAtWork(pod))
    return { ...base, ...running, sentence: 'Kubernetes counts it as failed, but its container still runs.' };
  if (failed) {
    const exitCode = ended?.exitCode ?? null;
    return {
      ...base,
      state: 'failed',
      ...whyFailed(failed, pod, ended),
      exitCode,
      endedAt: failed.lastTransitionTime ?? null,
    };
  }
  if (job.metadata.deletionTimestamp) return { ...base, ...running, sentence: 'Being stopped.' };
  const beside = named.length > 0 ? all.filter((one) => one.name !== container && one.state.running) : [];
  if (ended && beside.length > 0) {
    const still = `${beside.map((one) => one.name).join(', ')} still ${agree(beside.length, 'runs', 'run')} beside it.`;
    const { exitCode, finishedAt } = ended;
    const well = exitCode === 0;
    const sentence = `${well ? 'Ended well' : `Failed with exit code ${exitCode}`}; ${still}`;
    return { ...base, state: well ? 'succeeded' : 'failed', sentence, exitCode, endedAt: finishedAt ?? null };
  }
  const target = isTrue(job, 'FailureTarget');
  if (target) return { ...base, ...running, sentence: `Kubernetes is ending it: ${firstLine(target.message)}` };
  if (pod && states.some((state) => state.running))
    return { ...base, ...running, sentence: `Running in pod ${pod.metadata.name}.` };
  if (ended || pod?.status.phase === 'Failed')
    return { ...base, ...running, sentence: 'Its pod ended; Kubernetes is recording how.' };
  return { ...base, ...open, state: 'pending', sentence: whyWaiting(job, pod, warning, container) };
}
