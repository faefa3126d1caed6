import { z } from 'zod';
import { agree } from '@/lib/words';
import { kindLabel, ownContainer } from '../manifest';
import type { JobStatus } from '../model';

const Instant = z.string().transform((text) => Date.parse(text));
const Condition = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: Instant.nullish(),
});
const Conditions = z.array(Condition).default([]);

export const JobObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string(),
    deletionTimestamp: z.string().nullish(),
    annotations: z.record(z.string(), z.string()).default({}),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z
    .looseObject({
      suspend: z.boolean().nullish(),
      template: z
        .looseObject({
          spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })).default([]) }).prefault({}),
        })
        .prefault({}),
    })
    .prefault({}),
  status: z
    .looseObject({ conditions: Conditions, startTime: Instant.nullish(), completionTime: Instant.nullish() })
    .prefault({}),
});
export type JobObject = z.infer<typeof JobObject>;

const Reason = z.looseObject({ reason: z.string().default(''), message: z.string().default('') });
const Terminated = z.looseObject({
  exitCode: z.number(),
  reason: z.string().default(''),
  message: z.string().default(''),
  startedAt: Instant.nullish(),
  finishedAt: Instant.nullish(),
});
const ContainerState = z.looseObject({
  waiting: Reason.nullish(),
  running: z.looseObject({ startedAt: Instant.nullish() }).nullish(),
  terminated: Terminated.nullish(),
});
const ContainerStatuses = z.array(z.looseObject({ name: z.string(), state: ContainerState.prefault({}) })).default([]);
export const PodObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    uid: z.string().default(''),
    creationTimestamp: Instant,
    deletionTimestamp: z.string().nullish(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({
    containers: z.array(z.looseObject({ name: z.string(), image: z.string().optional() })),
    initContainers: z.array(z.looseObject({ name: z.string(), restartPolicy: z.string().nullish() })).default([]),
  }),
  status: z
    .looseObject({
      phase: z.string().default('Pending'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: Conditions,
      initContainerStatuses: ContainerStatuses,
      containerStatuses: ContainerStatuses,
    })
    .prefault({}),
});
export type PodObject = z.infer<typeof PodObject>;

const isTrue = (job: JobObject, type: string) =>
  job.status.conditions.find((condition) => condition.type === type && condition.status === 'True');

/** Whether a container of the pod has started, so nothing prevents its start any more. */
export const hasBegun = (pod: PodObject): boolean =>
  pod.status.containerStatuses.some(({ state }) => state.running || state.terminated);

/** Only `Complete` and `Failed` mean finished: docs/clickhouse-facts.md#finished-jobs. */
export const isFinished = (job: JobObject): boolean => Boolean(isTrue(job, 'Complete') ?? isTrue(job, 'Failed'));

/** Whether a container of the pod runs, according to its node. A lost node never reports the end. */
const isAtWork = (pod: PodObject): boolean =>
  pod.status.phase !== 'Failed' &&
  pod.status.phase !== 'Succeeded' &&
  pod.status.containerStatuses.some(({ state }) => state.running);

/** The status of a pod whose Job is gone: it runs, or nothing is known. */
export const statusWithoutJob = (name: string, pod: PodObject | null): JobStatus =>
  pod && isAtWork(pod)
    ? {
        ...unknownStatus(name),
        state: 'running',
        sentence: `Its Job is gone, but pod ${pod.metadata.name} is still runs.`,
      }
    : unknownStatus(name);

/** An exit code above this names the signal that ended the process. */
const signalled = 128;

const unknownStatus = (name: string): JobStatus => ({
  name,
  state: 'unknown',
  sentence: 'Kubernetes has no Job of this name.',
  exitCode: null,
  startedAt: null,
  endedAt: null,
});

/**
 * The container that does the work, among those of the Job itself, not sidecars that an admission webhook added to its
 * pods. `labeler` is the configured container; null means the only one.
 */
export function containerOf(job: JobObject, labeler: string | null): string | null {
  const names = job.spec.template.spec.containers.map((one) => one.name);
  const wanted = job.metadata.labels[kindLabel] === 'relabel' ? labeler : ownContainer;
  return wanted !== null && names.includes(wanted) ? wanted : (names[0] ?? null);
}

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
      ...failure(failed, pod, ended),
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
  return { ...base, ...open, state: 'pending', sentence: waiting(job, pod, warning, container) };
}

type End = { sentence: string; passing?: true };

function failure(
  failed: z.infer<typeof Condition>,
  pod: PodObject | null,
  ended: z.infer<typeof Terminated> | null | undefined,
): End {
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

function waiting(job: JobObject, pod: PodObject | null, warning: string | null, container: string | null): string {
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

/** The first line of a text of Kubernetes, with a full stop; '' for an empty text. */
export function firstLine(text: string): string {
  const line = (text.split('\n')[0] ?? '').trim().slice(0, 300);
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}
