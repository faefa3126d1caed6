import { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { JobSpec, JobTemplate } from './model';
import { shortHash } from './template';

/** JSON as it came: fields that nobody here knows must survive, or a strict validation proves nothing (FACTS 35). */
export type Json = { [field: string]: unknown };

/** The labels by which our Jobs and their pods are found; values are names, 63 characters at most. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'stale-label-console' } as const;
export const jobLabel = 'stale-label-console/job';
const kindLabel = 'stale-label-console/kind';
export const fingerprintAnnotation = 'stale-label-console/fingerprint';
const idAnnotation = (name: string) => `stale-label-console/${name}`;

const secondsInDay = 86_400;

const Strings = z.record(z.string(), z.string()).default({});
const Container = z.looseObject({ name: z.string(), env: z.array(z.looseObject({ name: z.string() })).default([]) });
const PodTemplate = z.looseObject({
  metadata: z.looseObject({ labels: Strings, annotations: Strings }).prefault({}),
  spec: z.looseObject({ containers: z.array(Container).min(1) }),
});
const CronJob = z.looseObject({
  spec: z.looseObject({
    jobTemplate: z.looseObject({
      metadata: z.looseObject({ labels: Strings, annotations: Strings }).prefault({}),
      spec: z.looseObject({ template: PodTemplate }),
    }),
  }),
});

/** The cron's own three variables, which a relabel Job sets. */
export const labelerVariables = [
  'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_START',
  'LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE_CONV_START_AT_RANGE_END',
  'FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE',
] as const;

/**
 * The container of the CronJob that labels, with the names of its environment entries. Throws AppError('refused') like
 * `relabelManifest`.
 */
export function labelerContainer(
  cronJob: unknown,
  wanted: string | null,
): { name: string; image: string; env: string[] } {
  const parsed = CronJob.safeParse(cronJob);
  if (!parsed.success) throw new AppError('refused', 'The labeler’s CronJob has no usable Job template.');
  const { containers } = parsed.data.spec.jobTemplate.spec.template.spec;
  const name = containerOf(containers, wanted);
  const found = containers.find((one) => one.name === name);
  return { name, image: String(found?.image ?? 'no image'), env: (found?.env ?? []).map((entry) => entry.name) };
}

/**
 * What relabel Jobs are made from, part by part, but for the three variables that each of them replaces. Throws
 * AppError('refused') like `relabelManifest`.
 */
export function labelerTemplate(cronJob: unknown, wanted: string | null): JobTemplate {
  const parsed = CronJob.safeParse(cronJob);
  if (!parsed.success) throw new AppError('refused', 'The labeler’s CronJob has no usable Job template.');
  const { metadata, spec: job } = parsed.data.spec.jobTemplate;
  const { containers } = job.template.spec;
  const name = containerOf(containers, wanted);
  const labeler = containers.find((one) => one.name === name);
  const { name: _, image, command, args, env, envFrom, resources, ...rest } = labeler ?? { name, env: [] };
  const replaced: readonly string[] = labelerVariables;
  const others = containers.filter((one) => one.name !== name);
  const pod = { ...job.template, spec: { ...job.template.spec, containers: others } };
  return {
    'labeler’s container': name,
    'labeler’s image': String(image ?? ''),
    'labeler’s command': shortHash([command ?? null, args ?? null]),
    'labeler’s environment': shortHash([env.filter((entry) => !replaced.includes(entry.name)), envFrom ?? null]),
    'labeler’s resources': shortHash(resources ?? null),
    'rest of the CronJob’s Job template': shortHash([metadata, { ...job, template: pod }, rest]),
  };
}

type Where = { namespace: string; fingerprint: string };

/**
 * The relabel Job from the CronJob's template, as `kubectl create job --from` makes it, but for: the environment
 * entries replaced by name in `container` (the only one when null), our labels and annotations, our deadline, no
 * retries, a TTL of a day, and no ownerReference, with which the CronJob's history limit would delete our Jobs (FACTS
 * 29). Throws AppError('refused') when the template has no such container.
 */
export function relabelManifest(cronJob: unknown, spec: JobSpec, where: Where & { container: string | null }): Json {
  const parsed = CronJob.safeParse(cronJob);
  if (!parsed.success) throw new AppError('refused', 'The labeler’s CronJob has no usable Job template.');
  const { metadata, spec: template } = parsed.data.spec.jobTemplate;
  const { selector: _, manualSelector: __, suspend: ___, ...rest } = template;
  const pod = template.template;
  const target = containerOf(pod.spec.containers, where.container);
  const containers = pod.spec.containers.map((one) =>
    one.name === target ? { ...one, env: replaceEnv(one.env, spec.envOverrides) } : one,
  );
  return job(spec, where, {
    labels: metadata.labels,
    annotations: { ...metadata.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
    rest,
    pod: { ...pod, spec: { ...pod.spec, containers } },
  });
}

/** Which container of the template gets the environment. Throws AppError('refused') when that is not clear. */
export function containerOf(containers: { name: string }[], wanted: string | null): string {
  const names = containers.map((container) => container.name);
  const [only] = names;
  if (wanted === null && names.length === 1 && only !== undefined) return only;
  if (wanted !== null && names.includes(wanted)) return wanted;
  const has = `The labeler’s CronJob has the container${names.length === 1 ? '' : 's'} ${names.join(', ')}`;
  throw new AppError('refused', wanted ? `${has}, and none named ${wanted}.` : `${has}. Configure which one labels.`);
}

/** Replaces entries in their place, whatever they were made of (`valueFrom`), and adds the rest at the end. */
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

/** How this project's own Jobs run: the image, its account, and where its settings and the deleter's password are. */
export type OwnJobs = { image: string; serviceAccount: string; configMap: string; secret: string };

/** A backup, delete, undo or kill Job from this project's image. Its password comes by reference, never by value. */
export function ownManifest(own: OwnJobs, spec: JobSpec, where: Where): Json {
  const container = {
    name: 'job',
    image: own.image,
    args: ['dist/job.mjs', spec.kind],
    env: replaceEnv([], spec.envOverrides),
    envFrom: [{ configMapRef: { name: own.configMap } }, { secretRef: { name: own.secret } }],
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
  const podSpec = {
    serviceAccountName: own.serviceAccount,
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10_001,
      runAsGroup: 10_001,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [container],
  };
  const pod = { metadata: { labels: {}, annotations: {} }, spec: podSpec };
  return job(spec, where, { labels: {}, annotations: {}, rest: {}, pod });
}

type PodJson = { metadata: { labels: Record<string, string> }; spec: Json };
type Parts = { labels: Record<string, string>; annotations: Record<string, string>; rest: Json; pod: PodJson };

function job(spec: JobSpec, where: Where, { labels, annotations, rest, pod }: Parts): Json {
  const own = { [managedBy.label]: managedBy.value, [jobLabel]: spec.name, [kindLabel]: spec.kind };
  const ids = Object.entries(spec.annotations).map(([name, value]) => [idAnnotation(name), value]);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: spec.name,
      namespace: where.namespace,
      labels: { ...labels, ...own },
      annotations: { ...annotations, ...Object.fromEntries(ids), [fingerprintAnnotation]: where.fingerprint },
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
