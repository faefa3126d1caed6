import { z } from 'zod';
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
  status: z
    .looseObject({ conditions: Conditions, startTime: Instant.nullish(), completionTime: Instant.nullish() })
    .prefault({}),
});
export type JobObject = z.infer<typeof JobObject>;

const Reason = z.looseObject({ reason: z.string().default(''), message: z.string().default('') });
const Terminated = z.looseObject({
  exitCode: z.number(),
  reason: z.string().default(''),
  startedAt: Instant.nullish(),
});
const ContainerState = z.looseObject({
  waiting: Reason.nullish(),
  running: z.looseObject({ startedAt: Instant.nullish() }).nullish(),
  terminated: Terminated.nullish(),
});
export const PodObject = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: Instant,
    labels: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string(), image: z.string().optional() })) }),
  status: z
    .looseObject({
      phase: z.string().default('Pending'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: Conditions,
      containerStatuses: z.array(z.looseObject({ name: z.string(), state: ContainerState.prefault({}) })).default([]),
    })
    .prefault({}),
});
export type PodObject = z.infer<typeof PodObject>;

const isTrue = (job: JobObject, type: string) =>
  job.status.conditions.find((condition) => condition.type === type && condition.status === 'True');

/** Finished is `Complete` or `Failed` only: others come while pods still run (FACTS 32). */
export const isFinished = (job: JobObject): boolean => Boolean(isTrue(job, 'Complete') ?? isTrue(job, 'Failed'));

export const unknownStatus = (name: string): JobStatus => ({
  name,
  state: 'unknown',
  sentence: 'Kubernetes has no Job of this name.',
  exitCode: null,
  startedAt: null,
  endedAt: null,
});

/** What a Job, its newest pod and the newest warning about it say, as one sentence and state. */
export function statusOf(job: JobObject, pod: PodObject | null, warning: string | null): JobStatus {
  const { name } = job.metadata;
  const states = pod?.status.containerStatuses.map((container) => container.state) ?? [];
  const terminated = states.map((state) => state.terminated).find((state) => state && state.exitCode !== 0);
  const ended = terminated ?? states.map((state) => state.terminated).find(Boolean);
  const starts = states.map((state) => state.running?.startedAt ?? state.terminated?.startedAt);
  const startedAt = starts.find((start) => typeof start === 'number') ?? null;
  const complete = isTrue(job, 'Complete');
  const failed = isTrue(job, 'Failed');
  const base = { name, startedAt: startedAt ?? (complete || failed ? (job.status.startTime ?? null) : null) };
  if (complete) {
    const endedAt = job.status.completionTime ?? complete.lastTransitionTime ?? null;
    return { ...base, state: 'succeeded', sentence: 'Ended well.', exitCode: 0, endedAt };
  }
  if (failed) {
    const exitCode = ended?.exitCode ?? null;
    return {
      ...base,
      state: 'failed',
      sentence: failure(failed, pod, ended),
      exitCode,
      endedAt: failed.lastTransitionTime ?? null,
    };
  }
  const open = { exitCode: null, endedAt: null };
  if (job.metadata.deletionTimestamp) return { ...base, ...open, state: 'running', sentence: 'Being stopped.' };
  if (pod && states.some((state) => state.running))
    return { ...base, ...open, state: 'running', sentence: `Running in pod ${pod.metadata.name}.` };
  if (ended) return { ...base, ...open, state: 'running', sentence: 'Its pod ended; Kubernetes is recording how.' };
  return { ...base, ...open, state: 'pending', sentence: waiting(pod, warning) };
}

function failure(
  failed: z.infer<typeof Condition>,
  pod: PodObject | null,
  ended: z.infer<typeof Terminated> | null | undefined,
): string {
  if (failed.reason === 'DeadlineExceeded') return 'Was ended at its deadline.';
  if (ended?.reason === 'OOMKilled') return 'Ran out of memory and was killed. Raise the container’s memory limit.';
  if (pod?.status.reason === 'Evicted') return `Its pod was evicted from the node: ${firstLine(pod.status.message)}`;
  if (ended && ended.exitCode !== 0) return `Failed with exit code ${ended.exitCode}.`;
  return `Failed: ${firstLine(failed.message) || failed.reason}`;
}

function waiting(pod: PodObject | null, warning: string | null): string {
  if (!pod) return warning ? `Waits for its pod. ${firstLine(warning)}` : 'Accepted; its pod is not there yet.';
  const scheduled = pod.status.conditions.find((one) => one.type === 'PodScheduled' && one.status === 'False');
  if (scheduled?.reason === 'Unschedulable') return `No node can take its pod: ${firstLine(scheduled.message)}`;
  const held = pod.status.containerStatuses.map((container) => container.state.waiting).find((one) => one?.reason);
  if (held && isPullFailure(held.reason))
    return `Its image cannot be pulled (${held.reason}): ${firstLine(held.message)}`;
  if (held && held.reason !== 'ContainerCreating' && held.reason !== 'PodInitializing')
    return `Its container does not start (${held.reason}): ${firstLine(held.message)}`;
  return `Its pod ${pod.metadata.name} is starting.`;
}

/** Why a container waits for an image that does not come. */
export const isPullFailure = (reason: string): boolean =>
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|ImageInspectError|RegistryUnavailable)$/.test(
    reason,
  );

export const firstLine = (text: string) => (text.split('\n')[0] ?? '').slice(0, 300);
