import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { type Json, jobLabel, managedBy, ownManifest, relabelManifest } from '../manifest';
import type { JobSpec } from '../model';
import { specFingerprint } from '../name';
import { type KubernetesApi, KubernetesError } from './api';
import { retryWhileRolesLoad, withAppErrors } from './failure';
import { JobObject, PodObject } from './objects';
import { again } from './passing';

/** Whether the API server says that there is none. A balancer that cannot reach it answers 404 as well. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof KubernetesError && error.status === 404 && !error.isForeign;

/** The Jobs of this project in one namespace, their pods, and the CronJobs that they are made from. */
export class JobNamespace {
  readonly name: string;
  readonly jobsPath: string;
  readonly log: Log;
  /** Whether this process launches Jobs, or only looks at them. */
  readonly launches: boolean;
  private readonly settings: Config['kubernetes'];

  constructor(
    readonly api: KubernetesApi,
    { config, log, launches }: { config: Config; log: Log; launches: boolean },
  ) {
    this.settings = config.kubernetes;
    this.log = log;
    this.launches = launches;
    this.name = config.kubernetes.namespace;
    this.jobsPath = `/apis/batch/v1/namespaces/${this.name}/jobs`;
  }

  /** NOTE: pages poll, and their account is always refused some things, so they do not retry. */
  patiently<T>(work: () => Promise<T>): Promise<T> {
    if (!this.launches) return work();
    const isReady = () =>
      this.api.text('/readyz', {}).then(
        () => true,
        () => false,
      );
    return again(() => retryWhileRolesLoad(work, isReady));
  }

  /** As `patiently`, and throws only AppErrors. */
  ask<T>(work: () => Promise<T>): Promise<T> {
    return withAppErrors(() => this.patiently(work));
  }

  labelerCronJob(): Promise<Json> {
    return this.cronJob(this.settings.cronJob);
  }

  /** The template of this project's own Jobs. Throws AppError('refused') if there is none. */
  async ownCronJob(): Promise<Json> {
    const { jobTemplate } = this.settings;
    try {
      return await this.cronJob(jobTemplate);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      const sentence = `There is no CronJob ${jobTemplate} in ${this.name}, from which backup and delete Jobs are made. Apply deploy/base, or set SLC_KUBERNETES_JOB_TEMPLATE to its name.`;
      throw new AppError('refused', sentence, { cause: error });
    }
  }

  async manifestOf(spec: JobSpec): Promise<Json> {
    const where = { namespace: this.name, fingerprint: specFingerprint(spec) };
    if (spec.kind !== 'relabel') return ownManifest(await this.ownCronJob(), spec, where);
    return relabelManifest(await this.labelerCronJob(), spec, { ...where, container: this.settings.container });
  }

  async find(name: string): Promise<JobObject | null> {
    try {
      return JobObject.parse(await this.api.get(`${this.jobsPath}/${name}`));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async jobsOf(names: string[]): Promise<JobObject[]> {
    const jobs = await this.api.list(this.jobsPath, { labelSelector: selectorOf(names) });
    return jobs.map((job) => JobObject.parse(job));
  }

  async podsOf(names: string[]): Promise<PodObject[]> {
    const pods = await this.api.list(this.path('pods'), { labelSelector: selectorOf(names) });
    return pods.map((pod) => PodObject.parse(pod));
  }

  /** Why a Job has no pod, or a pod does not start, such as a quota, a missing service account or a missing volume. */
  async warningOf({ metadata }: JobObject | PodObject): Promise<string | null> {
    const fieldSelector = `involvedObject.uid=${metadata.uid},type=Warning`;
    const events = await this.api.list(this.path('events'), { fieldSelector }).catch((error) => {
      this.log.warn({ err: error, of: metadata.name }, 'the events of a job could not be read');
      return [];
    });
    const message = events.at(-1)?.message;
    return typeof message === 'string' ? message : null;
  }

  path(resource: string): string {
    return `/api/v1/namespaces/${this.name}/${resource}`;
  }

  private cronJob(name: string): Promise<Json> {
    return this.api.get(`/apis/batch/v1/namespaces/${this.name}/cronjobs/${name}`);
  }
}

const selectorOf = (names: string[]): string =>
  `${managedBy.label}=${managedBy.value},${jobLabel} in (${names.join(',')})`;
