import { containerOf, JobObject, PodObject } from '@/lib/jobs/kubernetes/objects';
import { statusOf } from '@/lib/jobs/kubernetes/status';

export const at = '2026-02-11T08:00:00Z';
export const job = (kind: string, containers: string[], more: object = {}) =>
  JobObject.parse({
    metadata: { name: 'relabel-x', uid: 'u', labels: { 'stale-label-console/kind': kind } },
    spec: { template: { spec: { containers: containers.map((name) => ({ name })) } } },
    ...more,
  });
export const running = { running: { startedAt: at } };
export const ended = (exitCode: number) => ({
  terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', startedAt: at, finishedAt: at },
});
export const waits = (reason: string, message = '') => ({ waiting: { reason, message } });
type Named = Record<string, object>;
export const pod = (
  containers: Named,
  init: Named = {},
  more: { metadata?: object; spec?: object; status?: object } = {},
) => {
  const statuses = (of: Named) => Object.entries(of).map(([name, state]) => ({ name, state }));
  return PodObject.parse({
    metadata: { name: 'relabel-x-1', creationTimestamp: at, ...more.metadata },
    spec: { containers: Object.keys(containers).map((name) => ({ name })), ...more.spec },
    status: { initContainerStatuses: statuses(init), containerStatuses: statuses(containers), ...more.status },
  });
};
export const labeler = job('relabel', ['labeler']);
/** The labeler's Job with a condition. */
export const labelerThat = (type: string, reason: string, message = '') =>
  job('relabel', ['labeler'], {
    status: { conditions: [{ type, status: 'True', reason, message, lastTransitionTime: at }] },
  });
export const seen = (of: JobObject, its: PodObject | null, warning: string | null = null) =>
  statusOf(of, its, warning, containerOf(of, null));
