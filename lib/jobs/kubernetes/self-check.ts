import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { agree } from '@/lib/words';
import { dryRunOf, type JobKind, type JobPreview, type LauncherCheck, type LauncherFinding } from '../model';
import { type KubernetesApi, KubernetesError } from './api';
import { toAppError } from './failure';
import { imageFinding, podsWithImages } from './image-check';

type Right = { verb: string; group: string; resource: string; subresource?: string };
const jobs = { group: 'batch', resource: 'jobs' };
const pods = { group: '', resource: 'pods' };
const looks: Right[] = [
  { verb: 'get', ...jobs },
  { verb: 'list', ...jobs },
  { verb: 'get', group: 'batch', resource: 'cronjobs' },
  { verb: 'list', ...pods },
  { verb: 'get', ...pods, subresource: 'log' },
];
const acts: Right[] = [
  { verb: 'create', ...jobs },
  { verb: 'delete', ...jobs },
  { verb: 'list', group: '', resource: 'events' },
];
const wordsOf = ({ verb, resource, subresource }: Right) =>
  `${verb} ${subresource ? `${resource}/${subresource}` : resource}`;

type Asked = {
  api: KubernetesApi;
  log: Log;
  namespace: string;
  cluster: string;
  cronJob: string;
  /** The name of the template of this project's own Jobs. */
  jobTemplate: string;
  /** Whether this account must be able to launch Jobs, or only to read them. */
  launches: boolean;
  /** The image of this project's own Jobs; throws AppError if their template is missing or not usable. */
  ownImage(): Promise<string>;
  /** The container that labels and its entries by name; throws AppError for a template that is not usable. */
  labelerOf(cronJob: unknown): { name: string; image: string; env: string[] };
  /** The entries that a relabel Job replaces. */
  envNames: readonly string[];
  preview(kind: JobKind): Promise<JobPreview>;
};

/**
 * What this account may do, by one SelfSubjectAccessReview for each right, and whether the CronJob, its container, its
 * variables and this project's image exist. Never throws: what could not be read is a finding too.
 */
export async function selfCheck(asked: Asked): Promise<LauncherCheck> {
  const { api, log, namespace, cluster, cronJob, launches } = asked;
  const allFound = `Jobs run in ${namespace} of ${cluster}; rights, CronJob, container and variables were all found.`;
  const where = { platform: 'kubernetes', cluster, namespace, allFound, template: null };
  try {
    const rights = launches ? [...looks, ...acts] : looks;
    const [account, ...answers] = await Promise.all([
      accountOf(api),
      ...rights.map((right) => isAllowed(api, namespace, right)),
    ]);
    const findings: LauncherFinding[] = rights.map((right, at) => ({
      what: `right to ${wordsOf(right)}`,
      status: answers[at] ? 'ok' : 'failed',
      sentence: answers[at]
        ? `May ${wordsOf(right)} in ${namespace}.`
        : `May not ${wordsOf(right)} in ${namespace}. Apply the Roles of deploy/base.`,
    }));
    const [labeler, own] = await Promise.all([labelerFindings(asked), ownFindings(asked)]);
    findings.push(...labeler.findings, ...own.findings);
    if (launches && !findings.some(({ status }) => status === 'failed')) findings.push(...(await dryRuns(asked)));
    findings.push(...(await imageFindings(asked, { labeler: labeler.image, own: own.image })));
    return { ...where, account, findings };
  } catch (error) {
    log.warn({ err: error }, 'the self-check could not ask Kubernetes');
    const sentence = toAppError(error).message;
    return {
      ...where,
      account: null,
      findings: [{ what: `CronJob ${cronJob} and rights`, status: 'failed', sentence }],
    };
  }
}

/** Dry runs of one labeler Job and one of this project's Jobs, also for the pages, whose account may make none. */
async function dryRuns({ preview }: Asked): Promise<LauncherFinding[]> {
  const kinds: JobKind[] = ['relabel', 'restore'];
  const statuses = { pass: 'ok', fail: 'failed', unknown: 'unknown' } as const;
  return Promise.all(
    kinds.map(async (kind) => {
      const { verdict, sentence } = await preview(kind);
      return { what: dryRunOf(kind), status: statuses[verdict], sentence };
    }),
  );
}

/** The account that the API server sees for this process; null if the server is too old to tell. */
async function accountOf(api: KubernetesApi): Promise<string | null> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const { status } = await api.post('/apis/authentication.k8s.io/v1/selfsubjectreviews', review, {});
    return (status as { userInfo?: { username?: string } } | undefined)?.userInfo?.username ?? null;
  } catch (error) {
    if (error instanceof KubernetesError && error.status !== 401) return null;
    throw error;
  }
}

async function isAllowed(api: KubernetesApi, namespace: string, right: Right): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { namespace, ...right } },
  };
  const answer = await api.post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review, {});
  return (answer.status as { allowed?: boolean } | undefined)?.allowed === true;
}

type Template = { findings: LauncherFinding[]; image: string | null };

async function labelerFindings({ api, log, namespace, cronJob, labelerOf, envNames }: Asked): Promise<Template> {
  const what = `CronJob ${cronJob}`;
  try {
    const { name, image, env } = labelerOf(await api.get(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${cronJob}`));
    const missing = envNames.filter((each) => !env.includes(each));
    const them = agree(missing.length, 'it', 'them');
    const variables: LauncherFinding =
      missing.length === 0
        ? { what: 'variables of the labeler', status: 'ok', sentence: 'All three are entries of its container.' }
        : {
            what: 'variables of the labeler',
            status: 'warning',
            sentence: `The template has no entry ${missing.join(', ')}; relabel Jobs add ${them}. Check that this labeler reads ${them}.`,
          };
    return {
      image,
      findings: [{ what, status: 'ok', sentence: `Found; its container ${name} runs ${image}.` }, variables],
    };
  } catch (error) {
    const gone = error instanceof KubernetesError && error.status === 404;
    if (!gone) log.warn({ err: error }, 'the CronJob could not be looked at');
    const sentence = gone ? `It does not exist in ${namespace}.` : toAppError(error).message;
    return { image: null, findings: [{ what, status: 'failed', sentence }] };
  }
}

/** The template of backup, delete and other Jobs of this project. */
async function ownFindings({ log, jobTemplate, ownImage }: Asked): Promise<Template> {
  const what = `CronJob ${jobTemplate}`;
  try {
    const image = await ownImage();
    return { image, findings: [{ what, status: 'ok', sentence: `Found; backup and delete Jobs run ${image}.` }] };
  } catch (error) {
    if (!(error instanceof AppError)) log.warn({ err: error }, 'the template of own Jobs could not be looked at');
    return { image: null, findings: [{ what, status: 'failed', sentence: toAppError(error).message }] };
  }
}

type Images = { labeler: string | null; own: string | null };

async function imageFindings({ api, namespace }: Asked, { labeler, own }: Images): Promise<LauncherFinding[]> {
  const images = Object.entries({ 'image of the labeler': labeler, 'image of own Jobs': own }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  try {
    const pods = await podsWithImages(api, namespace);
    return images.map(([what, image]) => imageFinding(what, image, pods));
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    const why = `The pods could not be read: ${error.message.slice(0, 200)}`;
    return images.map(([what]) => ({ what, status: 'unknown' as const, sentence: why }));
  }
}
