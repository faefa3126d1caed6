import type { LauncherFinding } from '../model';
import type { KubernetesApi } from './api';
import { firstLine, PodObject } from './objects';
import { isPullFailure } from './why-waiting';

/** The pods that show whether an image can be pulled: those of Jobs, and the console's own. */
const selectors = ['job-name', 'app.kubernetes.io/name in (slc-web,slc-worker)'];

/** The pods; their number is bounded by the ended Jobs that a namespace keeps. */
export async function podsWithImages(api: KubernetesApi, namespace: string): Promise<PodObject[]> {
  const lists = await Promise.all(
    selectors.map((labelSelector) => api.list(`/api/v1/namespaces/${namespace}/pods`, { labelSelector })),
  );
  return lists.flat().map((pod) => PodObject.parse(pod));
}

/**
 * Whether an image can be pulled, as far as an account without rights on nodes and registries can determine it: from
 * the newest pod that names the image. Unknown if there is no such pod.
 */
export function imageFinding(what: string, image: string, pods: PodObject[]): LauncherFinding {
  const seen = pods
    .flatMap((pod) => pod.spec.containers.filter((one) => one.image === image).map((one) => ({ pod, name: one.name })))
    .map(({ pod, name }) => ({ pod, state: pod.status.containerStatuses.find((one) => one.name === name)?.state }))
    .sort((a, b) => b.pod.metadata.creationTimestamp - a.pod.metadata.creationTimestamp);
  for (const { pod, state } of seen) {
    const held = state?.waiting;
    if (held && isPullFailure(held.reason))
      return {
        what,
        status: 'failed',
        sentence: `${image} cannot be pulled for pod ${pod.metadata.name} (${held.reason}): ${firstLine(held.message)}`,
      };
    const startedAt = state?.running?.startedAt ?? state?.terminated?.startedAt;
    if (typeof startedAt === 'number')
      return {
        what,
        status: 'ok',
        sentence: `${image} was there for pod ${pod.metadata.name} at ${new Date(startedAt).toISOString().slice(0, 19)}Z.`,
      };
  }
  return {
    what,
    status: 'unknown',
    sentence: `No pod has run ${image} yet, and this account may not read nodes or a registry. The first Job will show whether it can be pulled.`,
  };
}
