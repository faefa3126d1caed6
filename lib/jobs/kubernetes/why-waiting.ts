import { firstLine, type JobObject, type PodObject } from './objects';

/** Why a Job does not run yet, in one sentence. */
export function whyWaiting(
  job: JobObject,
  pod: PodObject | null,
  warning: string | null,
  container: string | null,
): string {
  if (job.spec.suspend) return 'Is suspended: a queue of the cluster, or a person, has not let it start yet.';
  if (!pod) return warning ? `Waits for its pod. ${firstLine(warning)}` : 'Accepted; its pod is not there yet.';
  const scheduled = pod.status.conditions.find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (scheduled?.reason === 'Unschedulable') return `No node can take its pod: ${firstLine(scheduled.message)}`;
  if (scheduled) return `Its pod may not start yet (${scheduled.reason}): ${firstLine(scheduled.message)}`;
  const { initContainerStatuses, containerStatuses } = pod.status;
  for (const one of [...initContainerStatuses, ...containerStatuses]) {
    const held = one.state.waiting;
    if (!held?.reason || held.reason === 'ContainerCreating' || held.reason === 'PodInitializing') continue;
    const which = containerWords(one.name, initContainerStatuses.includes(one), container);
    return isPullFailure(held.reason)
      ? `${which.its} image cannot be pulled (${held.reason}): ${firstLine(held.message)}`
      : `${which.it} does not start (${held.reason}): ${firstLine(held.message)}`;
  }
  const stays = pod.spec.initContainers.filter((one) => one.restartPolicy === 'Always').map((one) => one.name);
  const first = initContainerStatuses.find((one) => one.state.running && !stays.includes(one.name));
  if (first) return `Its init container ${first.name} runs first.`;
  return `Its pod ${pod.metadata.name} is starting.${warning ? ` ${firstLine(warning)}` : ''}`;
}

/** How sentences call a container. The one that does the work needs no name. */
function containerWords(name: string, isInit: boolean, container: string | null): { it: string; its: string } {
  if (isInit) return { it: `Its init container ${name}`, its: `Its init container’s (${name})` };
  const beside = container !== null && name !== container;
  return beside
    ? { it: `The container ${name} beside it`, its: `Its sidecar’s (${name})` }
    : { it: 'Its container', its: 'Its' };
}

/** Whether a container waits because its image cannot be pulled. */
export const isPullFailure = (reason: string): boolean =>
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/.test(
    reason,
  );
