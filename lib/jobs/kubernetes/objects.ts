import { z } from 'zod';
import { jobLabel, kindLabel, ownContainer } from '../manifest';

const Instant = z.string().transform((text) => Date.parse(text));
export const Condition = z.looseObject({
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
export const Terminated = z.looseObject({
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

/** The condition of this type that holds, if one does. */
export const isTrue = (job: JobObject, type: string) =>
  job.status.conditions.find((condition) => condition.type === type && condition.status === 'True');

/** Whether a container of the pod has started, so nothing prevents its start any more. */
export const hasBegun = (pod: PodObject): boolean =>
  pod.status.containerStatuses.some(({ state }) => state.running || state.terminated);

/** Only `Complete` and `Failed` mean finished: docs/clickhouse-facts.md#finished-jobs. */
export const isFinished = (job: JobObject): boolean => Boolean(isTrue(job, 'Complete') ?? isTrue(job, 'Failed'));

/** Whether a container of the pod runs, according to its node. A lost node never reports the end. */
export const isAtWork = (pod: PodObject): boolean =>
  pod.status.phase !== 'Failed' &&
  pod.status.phase !== 'Succeeded' &&
  pod.status.containerStatuses.some(({ state }) => state.running);

/**
 * The container that does the work, among those of the Job itself, not sidecars that an admission webhook added to its
 * pods. `labeler` is the configured container; null means the only one.
 */
export function containerOf(job: JobObject, labeler: string | null): string | null {
  const names = job.spec.template.spec.containers.map((one) => one.name);
  const wanted = job.metadata.labels[kindLabel] === 'relabel' ? labeler : ownContainer;
  return wanted !== null && names.includes(wanted) ? wanted : (names[0] ?? null);
}

/** Of the pods of Jobs, the newest of the Job of this name. */
export const newestOf = (pods: PodObject[], name: string): PodObject | null =>
  pods
    .filter((pod) => pod.metadata.labels[jobLabel] === name)
    .sort((a, b) => b.metadata.creationTimestamp - a.metadata.creationTimestamp)[0] ?? null;

/** The first line of a text of Kubernetes, with a full stop; '' for an empty text. */
export function firstLine(text: string): string {
  const line = (text.split('\n')[0] ?? '').trim().slice(0, 300);
  return line === '' || /[.!?]$/.test(line) ? line : `${line}.`;
}
