import { delay } from '@/lib/clock';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Launcher } from '../launcher';
import {
  fingerprintAnnotation,
  type Json,
  jobLabel,
  labelerContainer,
  labelerTemplate,
  labelerVariables,
  managedBy,
  ownImage,
  ownManifest,
  ownTemplate,
  relabelManifest,
} from '../manifest';
import { type JobPreview, JobSpec, type JobStatus } from '../model';
import { specFingerprint } from '../name';
import { type KubernetesApi, KubernetesError, kubernetesApi } from './api';
import { connect } from './connect';
import { again, isPassing, repeated } from './passing';
import { selfCheck } from './self-check';
import { containerOf, hasBegun, isFinished, JobObject, PodObject, statusOf, statusWithoutJob } from './status';
import { expected, lasting, told } from './told';

const stopWithinMs = 300_000;
const lookEveryMs = 250;

/**
 * Jobs as Kubernetes Jobs of one namespace; see `launcherOn` for how. A process that does not launch (`launches` false)
 * needs no right to create Jobs.
 */
export async function createKubernetesLauncher(config: Config, log: Log, launches = true): Promise<Launcher> {
  const connection = await connect(config);
  const cluster = config.kubernetes.cluster ?? connection.name ?? 'this cluster';
  return launcherOn(kubernetesApi(connection), { config, log, launches, cluster });
}

/** Whether the API server says that there is none. A balancer that cannot reach it answers 404 as well. */
const isAbsent = (error: unknown): boolean =>
  error instanceof KubernetesError && error.status === 404 && !error.isForeign;

/** Whether a Job is ours, and not another's with the same name. */
const isOurs = ({ metadata }: JobObject): boolean => metadata.labels[managedBy.label] === managedBy.value;

type Options = { config: Config; log: Log; launches: boolean; cluster: string };

/**
 * The launcher over an API server. The name of a Job is its fence: an existing Job with the same fingerprint is
 * adopted, any other is refused. If no answer came, the name is looked up before anything else happens. See
 * docs/clickhouse-facts.md#names-as-fences.
 */
function launcherOn(api: KubernetesApi, { config, log, launches, cluster }: Options): Launcher {
  const { namespace, cronJob, container, jobTemplate } = config.kubernetes;
  const batch = `/apis/batch/v1/namespaces/${namespace}`;
  const core = `/api/v1/namespaces/${namespace}`;
  const jobPath = (name: string) => `${batch}/jobs/${name}`;
  const strict = { fieldValidation: 'Strict' };
  const ours = `${managedBy.label}=${managedBy.value}`;
  // NOTE: pages poll, and their account is always refused some things, so they do not retry.
  const isReady = () =>
    api.text('/readyz', {}).then(
      () => true,
      () => false,
    );
  const patient = <T>(work: () => Promise<T>) => (launches ? again(() => lasting(work, isReady)) : work());
  const ask = <T>(work: () => Promise<T>) => told(() => patient(work));
  const selector = (names: string[]) => `${ours},${jobLabel} in (${names.join(',')})`;

  const labelerCronJob = () => api.get(`${batch}/cronjobs/${cronJob}`);

  /** The template of this project's own Jobs. Throws AppError('refused') if there is none. */
  async function ownCronJob(): Promise<Json> {
    try {
      return await api.get(`${batch}/cronjobs/${jobTemplate}`);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const sentence = `There is no CronJob ${jobTemplate} in ${namespace}, from which backup and delete Jobs are made. Apply deploy/base, or set SLC_KUBERNETES_JOB_TEMPLATE to its name.`;
      throw new AppError('refused', sentence, { cause: error });
    }
  }

  async function manifestOf(spec: JobSpec): Promise<Json> {
    const where = { namespace, fingerprint: specFingerprint(spec) };
    if (spec.kind !== 'relabel') return ownManifest(await ownCronJob(), spec, where);
    return relabelManifest(await labelerCronJob(), spec, { ...where, container });
  }

  async function find(name: string): Promise<JobObject | null> {
    try {
      return JobObject.parse(await api.get(jobPath(name)));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  function adopt(job: JobObject, spec: JobSpec): { outcome: 'adopted' } {
    const same = job.metadata.annotations[fingerprintAnnotation] === specFingerprint(spec);
    // NOTE: one that is being deleted is adopted too and watched to its end. The data show what it did.
    if (same) return { outcome: 'adopted' };
    throw new AppError('conflict', `A Job named ${spec.name} already exists in ${namespace} with another order.`);
  }

  const podsOf = async (names: string[]) =>
    (await api.list(`${core}/pods`, { labelSelector: selector(names) })).map((pod) => PodObject.parse(pod));

  const newestOf = (pods: PodObject[], name: string) =>
    pods
      .filter((pod) => pod.metadata.labels[jobLabel] === name)
      .sort((a, b) => b.metadata.creationTimestamp - a.metadata.creationTimestamp)[0] ?? null;

  /** Why a Job has no pod, or a pod does not start, such as a quota, a missing service account or a missing volume. */
  async function warningOf({ metadata }: JobObject | PodObject): Promise<string | null> {
    const fieldSelector = `involvedObject.uid=${metadata.uid},type=Warning`;
    const events = await api.list(`${core}/events`, { fieldSelector }).catch((error) => {
      log.warn({ err: error, of: metadata.name }, 'the events of a job could not be read');
      return [];
    });
    const message = events.at(-1)?.message;
    return typeof message === 'string' ? message : null;
  }

  async function statuses(names: string[]): Promise<JobStatus[]> {
    if (names.length === 0) return [];
    const asked = [...new Set(names)];
    const [jobs, pods] = await Promise.all([
      api
        .list(`${batch}/jobs`, { labelSelector: selector(asked) })
        .then((all) => all.map((job) => JobObject.parse(job))),
      podsOf(asked),
    ]);
    const found = await Promise.all(
      jobs.map(async (job) => {
        const pod = newestOf(pods, job.metadata.name);
        const warning = isFinished(job) || (pod && hasBegun(pod)) ? null : await warningOf(pod ?? job);
        return [job.metadata.name, statusOf(job, pod, warning, containerOf(job, container))] as const;
      }),
    );
    const byName = new Map(found);
    return names.map((name) => byName.get(name) ?? statusWithoutJob(name, newestOf(pods, name)));
  }

  async function preview(spec: JobSpec): Promise<JobPreview> {
    let manifest: Json | null = null;
    try {
      const made = await patient(() => manifestOf({ ...spec, name: `${spec.name.slice(0, 52)}-preview` }));
      manifest = made;
      await patient(() => api.post(`${batch}/jobs`, made, { ...strict, dryRun: 'All' }));
      return { verdict: 'pass', sentence: `Kubernetes accepts the ${spec.kind} Job in ${namespace}.` };
    } catch (error) {
      if (error instanceof AppError) return { verdict: 'fail', sentence: error.message };
      if (!launches && error instanceof KubernetesError && error.status === 403 && manifest)
        return {
          verdict: 'unknown',
          byWorker: true,
          sentence: `Only the worker may launch Jobs in ${namespace}, so the pages cannot check whether Kubernetes accepts the ${spec.kind} Job.`,
        };
      if (error instanceof KubernetesError && error.status === 400 && /does not support dry run/i.test(error.message))
        return {
          verdict: 'pass',
          sentence: `An admission webhook of the cluster allows no dry run (${error.message.slice(0, 200)}). Everything else accepts the ${spec.kind} Job. Whether the webhook does is known only when it is launched.`,
        };
      if (error instanceof KubernetesError && !isPassing(error))
        return {
          verdict: 'fail',
          sentence: `Kubernetes refuses the ${spec.kind} Job: ${error.message.slice(0, 500)}`,
        };
      log.warn({ err: error }, 'a job could not be previewed');
      return { verdict: 'unknown', sentence: expected(error).message };
    }
  }

  return {
    platform: 'kubernetes',

    async launch(given) {
      const spec = JobSpec.parse(given);
      return ask(async () => {
        const existing = await find(spec.name);
        if (existing) return adopt(existing, spec);
        const manifest = await manifestOf(spec);
        try {
          await api.post(`${batch}/jobs`, manifest, strict);
        } catch (error) {
          const taken = error instanceof KubernetesError && error.reason === 'AlreadyExists';
          if (!taken && !isPassing(error)) throw error;
          const made = await find(spec.name);
          if (made) return adopt(made, spec);
          if (!taken) throw error;
          const sentence = `A Job named ${spec.name} was in ${namespace} and is gone.`;
          throw new AppError('unavailable', sentence, { cause: error });
        }
        log.info({ job: spec.name, kind: spec.kind, namespace }, 'job launched');
        return { outcome: 'launched' };
      });
    },

    inspect: (names) => ask(() => statuses(names)),

    async logs(name, tailLines) {
      return ask(async () => {
        const [job, pods] = await Promise.all([find(name), podsOf([name])]);
        const pod = newestOf(pods, name);
        const which = (job && containerOf(job, container)) ?? pod?.spec.containers[0]?.name;
        if (!pod || which === undefined) return '';
        const query = { container: which, tailLines: String(tailLines) };
        return api.text(`${core}/pods/${pod.metadata.name}/log`, query).catch((error) => {
          // NOTE: 400 means "waiting to start"; absent is a pod that was deleted between the two calls.
          if (isAbsent(error) || (error instanceof KubernetesError && error.status === 400)) return '';
          throw error;
        });
      });
    },

    async stop(name) {
      await ask(async () => {
        const job = await find(name);
        if (!job || !isOurs(job) || isFinished(job)) return;
        const { uid } = job.metadata;
        const body = {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy: 'Foreground',
          preconditions: { uid },
        };
        const until = Date.now() + stopWithinMs;
        for (;;) {
          const there = await find(name);
          const isThere = there?.metadata.uid === uid;
          if (!isThere && (await podsOf([name])).length === 0) return;
          // NOTE: a conflict means another uid or another writer. The next look shows which.
          if (isThere && !there.metadata.deletionTimestamp)
            await api.remove(jobPath(name), body).catch((error) => {
              if (!isAbsent(error) && !isPassing(error)) throw error;
            });
          if (Date.now() > until)
            throw new AppError('unavailable', `Kubernetes has not ended the Job ${name} within 5 minutes.`);
          await delay(lookEveryMs);
        }
      });
    },

    preview,

    template: () =>
      ask(async () => ({
        ...labelerTemplate(await labelerCronJob(), container),
        ...ownTemplate(await ownCronJob()),
      })),

    async scheduledLabelerRunning() {
      try {
        const { status } = (await patient(labelerCronJob)) as { status?: { active?: unknown[] } };
        const running = (status?.active ?? []).length > 0;
        return { running, sentence: `The CronJob ${cronJob} is ${running ? 'running now' : 'not running'}.` };
      } catch (error) {
        log.warn({ err: error }, 'the CronJob could not be asked for');
        return { running: null, sentence: `It is not known whether ${cronJob} is running. ${expected(error).message}` };
      }
    },

    check: () =>
      selfCheck({
        ...{ api: launches ? repeated(api) : api, log, namespace, cluster, cronJob, jobTemplate, launches },
        ownImage: async () => ownImage(await ownCronJob()),
        labelerOf: (found) => labelerContainer(found, container),
        envNames: labelerVariables,
        preview: (kind) => preview({ name: 'check', kind, envOverrides: {}, deadlineSeconds: 60, annotations: {} }),
      }),

    async close() {
      api.close();
    },
  };
}
