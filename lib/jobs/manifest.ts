import { z } from 'zod';
import { AppError } from '@/lib/errors';
import { agree } from '@/lib/words';
import type { JobSpec, JobTemplate } from './model';
import { shortHash } from './template';
import { withoutTracking } from './tracking';

/** JSON as it was read, including fields that this code does not know: docs/clickhouse-facts.md#unknown-fields. */
export type Json = { [field: string]: unknown };

/** The label by which our Jobs and their pods are found. Values have 63 characters at most. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'stale-label-console' } as const;
const ours = (name: string) => `stale-label-console/${name}`;
export const jobLabel = ours('job');
export const kindLabel = ours('kind');
export const fingerprintAnnotation = ours('fingerprint');

const secondsInDay = 86_400;

const Strings = z.record(z.string(), z.string()).default({});
const Metadata = z.looseObject({ labels: Strings, annotations: Strings }).prefault({});
const Container = z.looseObject({ name: z.string(), env: z.array(z.looseObject({ name: z.string() })).default([]) });
const PodTemplate = z.looseObject({
  metadata: Metadata,
  spec: z.looseObject({ containers: z.array(Container).min(1) }),
});
type PodTemplate = z.infer<typeof PodTemplate>;
const CronJob = z.looseObject({
  spec: z.looseObject({
    jobTemplate: z.looseObject({ metadata: Metadata, spec: z.looseObject({ template: PodTemplate }) }),
  }),
});

/** The three variables of the cron that a relabel Job sets. */
export const labelerVariables = [
  'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START',
  'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END',
  'FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE',
] as const;

/** A CronJob from which Jobs are made: its name in sentences, and the container that does the work. */
type Source = { called: string; container: string | null };
const labelerSource = (container: string | null): Source => ({ called: 'labeler’s CronJob', container });

/** The container of this project's own Jobs. An overlay may add others beside it. */
export const ownContainer = 'job';
const ownSource: Source = { called: 'CronJob of backup and delete Jobs', container: ownContainer };

type Container = z.infer<typeof Container>;
/** The parts of a Job template: `rest` is the spec without the pod, `worker` the container that does the work. */
type Parts = { metadata: z.infer<typeof Metadata>; rest: Json; pod: PodTemplate; worker: Container };

/**
 * The template of a CronJob, without the fields that would prevent a Job from running or from being found, or that make
 * tools believe the Job is theirs. Throws AppError('refused') if it is not usable.
 */
function partsOf(cronJob: unknown, { called, container }: Source): Parts {
  const parsed = CronJob.safeParse(cronJob);
  if (!parsed.success) throw new AppError('refused', `The ${called} has no usable Job template.`);
  const { metadata, spec } = parsed.data.spec.jobTemplate;
  const { template, selector: _, manualSelector: __, suspend: ___, ...rest } = spec;
  const { containers } = template.spec;
  const [only] = containers;
  const worker =
    container === null && containers.length === 1 ? only : containers.find(({ name }) => name === container);
  if (!worker) {
    const has = `The ${called} has the ${agree(containers.length, 'container', 'containers')} ${containers.map(({ name }) => name).join(', ')}`;
    throw new AppError(
      'refused',
      container ? `${has}, and none named ${container}.` : `${has}. Configure which one labels.`,
    );
  }
  return {
    metadata: withoutTracking(metadata, 'Job'),
    rest,
    pod: { ...template, metadata: withoutTracking(template.metadata, 'pods') },
    worker,
  };
}

/** The pod with its working container changed. */
const podWith = ({ pod, worker }: Parts, change: Json): PodTemplate => ({
  ...pod,
  spec: { ...pod.spec, containers: pod.spec.containers.map((one) => (one === worker ? { ...one, ...change } : one)) },
});

const imageOf = ({ worker }: Parts): string => String(worker.image ?? 'no image');

/**
 * The container of the CronJob that labels, and the names of its environment entries. Throws AppError('refused') like
 * `relabelManifest`.
 */
export function labelerContainer(
  cronJob: unknown,
  wanted: string | null,
): { name: string; image: string; env: string[] } {
  const parts = partsOf(cronJob, labelerSource(wanted));
  return {
    name: parts.worker.name,
    image: imageOf(parts),
    env: parts.worker.env.map((entry) => entry.name),
  };
}

/**
 * What relabel Jobs are made from, part by part, without the three variables that each of them replaces. Throws
 * AppError('refused') like `relabelManifest`.
 */
export function labelerTemplate(cronJob: unknown, wanted: string | null): JobTemplate {
  const { metadata, rest: job, pod, worker } = partsOf(cronJob, labelerSource(wanted));
  const { name, image, command, args, env, envFrom, resources, ...rest } = worker;
  const replaced: readonly string[] = labelerVariables;
  const others = pod.spec.containers.filter((one) => one !== worker);
  const template = { ...pod, spec: { ...pod.spec, containers: others } };
  return {
    'labeler’s container': name,
    'labeler’s image': String(image ?? ''),
    'labeler’s command': shortHash([command ?? null, args ?? null]),
    'labeler’s environment': shortHash([env.filter((entry) => !replaced.includes(entry.name)), envFrom ?? null]),
    'labeler’s resources': shortHash(resources ?? null),
    'rest of the CronJob’s Job template': shortHash([metadata, { ...job, template }, rest]),
  };
}

type Where = { namespace: string; fingerprint: string };

/**
 * The relabel Job from the CronJob's template, as `kubectl create job --from` makes it, except that it has: the
 * environment entries replaced by name in `container` (the only one when null), our labels and annotations, our
 * deadline, no retries, a TTL of a week, and no owner (docs/clickhouse-facts.md#owner-references). Throws
 * AppError('refused') when the template has no such container.
 */
export function relabelManifest(cronJob: unknown, spec: JobSpec, where: Where & { container: string | null }): Json {
  const parts = partsOf(cronJob, labelerSource(where.container));
  return job(spec, where, parts, podWith(parts, { env: replaceEnv(parts.worker.env, spec.envOverrides) }));
}

/**
 * A backup, prove, delete, restore, kill or drop Job from the suspended CronJob `slc-job` of `deploy/base`: image,
 * account, volumes, limits and the reference to its password come from the template; kind and order are added. Throws
 * AppError('refused') when the template has no container `job`.
 */
export function ownManifest(cronJob: unknown, spec: JobSpec, where: Where): Json {
  const parts = partsOf(cronJob, ownSource);
  const env = replaceEnv(parts.worker.env, spec.envOverrides);
  return job(spec, where, parts, podWith(parts, { args: ['dist/job.mjs', spec.kind], env }));
}

/** What this project's own Jobs are made from. Throws AppError('refused') like `ownManifest`. */
export function ownTemplate(cronJob: unknown): JobTemplate {
  const parts = partsOf(cronJob, ownSource);
  return {
    'image of backup and delete Jobs': imageOf(parts),
    'settings of backup and delete Jobs': shortHash([
      parts.metadata,
      parts.rest,
      podWith(parts, { image: null, args: null }),
    ]),
  };
}

/** The image of this project's own Jobs. Throws AppError('refused') like `ownManifest`. */
export const ownImage = (cronJob: unknown): string => imageOf(partsOf(cronJob, ownSource));

/** Replaces entries in place, also those with `valueFrom`, and adds the others at the end. */
function replaceEnv(env: { name: string }[], overrides: Record<string, string>): Json[] {
  const seen = new Set<string>();
  const kept = env.flatMap((entry): Json[] => {
    const value = overrides[entry.name];
    if (value === undefined) return [entry];
    if (seen.has(entry.name)) return [];
    seen.add(entry.name);
    return [{ name: entry.name, value }];
  });
  const added = Object.entries(overrides).filter(([name]) => !seen.has(name));
  return [...kept, ...added.map(([name, value]) => ({ name, value }))];
}

function job(spec: JobSpec, where: Where, { metadata, rest }: Parts, pod: PodTemplate): Json {
  const prefixed = (entries: Record<string, string>) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [ours(name), value]));
  const own = {
    [managedBy.label]: managedBy.value,
    [jobLabel]: spec.name,
    [kindLabel]: spec.kind,
    ...prefixed(spec.labels ?? {}),
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: spec.name,
      namespace: where.namespace,
      labels: { ...metadata.labels, ...own },
      annotations: {
        ...metadata.annotations,
        'cronjob.kubernetes.io/instantiate': 'manual',
        ...prefixed(spec.annotations),
        [fingerprintAnnotation]: where.fingerprint,
      },
    },
    spec: {
      ...rest,
      activeDeadlineSeconds: spec.deadlineSeconds,
      backoffLimit: 0,
      ttlSecondsAfterFinished: 7 * secondsInDay,
      template: {
        ...pod,
        metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, ...own } },
        spec: { ...pod.spec, restartPolicy: 'Never' },
      },
    },
  };
}
