import type { z } from 'zod';
import { type Condition, firstLine, type PodObject, type Terminated } from './objects';

/** An exit code above this names the signal that ended the process. */
const signalled = 128;

/** Why a Job failed. `passing` where its place ended it, and not what it did. */
export function whyFailed(
  failed: z.infer<typeof Condition>,
  pod: PodObject | null,
  ended: z.infer<typeof Terminated> | null | undefined,
): { sentence: string; passing?: true } {
  if (failed.reason === 'DeadlineExceeded') return { sentence: 'Was ended at its deadline.' };
  if (ended?.reason === 'OOMKilled')
    return { sentence: 'Ran out of memory and was killed. Raise the container’s memory limit.' };
  const sentence = endedFromOutside(failed, pod, ended);
  if (sentence !== null) return { sentence, passing: true };
  if (ended && !['', 'Error', 'Completed'].includes(ended.reason))
    return { sentence: `Its container could not run (${ended.reason}): ${firstLine(ended.message)}` };
  if (ended && ended.exitCode !== 0) return { sentence: `Failed with exit code ${ended.exitCode}.` };
  const first = pod?.status.initContainerStatuses.find((one) => (one.state.terminated?.exitCode ?? 0) !== 0);
  if (first)
    return { sentence: `Its init container ${first.name} failed with exit code ${first.state.terminated?.exitCode}.` };
  return { sentence: `Failed: ${firstLine(pod?.status.message || failed.message) || failed.reason}` };
}

/**
 * What a node or the cluster did to the pod of a failed Job; null if the Job failed by itself. Reasons:
 * https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions, and what a kubelet reports
 * when it rejects, evicts or loses a pod.
 */
function endedFromOutside(
  failed: z.infer<typeof Condition>,
  pod: PodObject | null,
  ended: z.infer<typeof Terminated> | null | undefined,
): string | null {
  if (!pod)
    return failed.reason === 'BackoffLimitExceeded'
      ? 'Its pod was deleted before its end could be read, by a person or because its node was drained or lost.'
      : null;
  const { reason, message, conditions } = pod.status;
  if (reason === 'Evicted') return `Its pod was evicted from the node: ${firstLine(message)}`;
  if (reason !== '' && reason !== 'DeadlineExceeded')
    return `Its node ended its pod (${reason}): ${firstLine(message)}`;
  const disrupted = conditions.find((one) => one.type === 'DisruptionTarget' && one.status === 'True');
  if (disrupted) return `The cluster ended its pod (${disrupted.reason}): ${firstLine(disrupted.message)}`;
  if (ended?.reason === 'ContainerStatusUnknown')
    return `Its node lost its container (${ended.reason}): ${firstLine(ended.message)}`;
  const isKilled = !ended || ended.exitCode > signalled;
  return pod.metadata.deletionTimestamp && isKilled ? 'Its pod was deleted while it ran.' : null;
}
