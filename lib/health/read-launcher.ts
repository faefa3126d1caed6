import type { Context } from '@/lib/context';
import { dryRunOf, type JobKind, type JobPreview, type JobTemplate, type LauncherCheck } from '@/lib/jobs/model';
import type { Db } from '@/lib/postgres/client';
import { type HealthPart, type HealthReport, worstOf } from './model';
import { selectWorkers } from './sql';

const checkOldSeconds = 180;
export const silentMaxSeconds = 20;

type Told = Omit<HealthPart, 'name'>;

/** Where Jobs run, as the account of this process sees it. */
export async function launcherAsSeenHere(ctx: Context): Promise<Told> {
  return toldOf(await (await ctx.launcher()).check());
}

/** What a check found. What nothing can tell does not count as a fault, but is said. */
function toldOf({ platform, cluster, namespace, account, findings }: LauncherCheck): Told {
  if (platform === 'process')
    return { status: 'ok', sentence: 'Jobs run as processes of this machine.', facts: { platform } };
  const of = (...states: string[]) => findings.filter(({ status }) => states.includes(status));
  const wrong = of('failed', 'warning').map(({ what, sentence }) => `${what}: ${sentence}`);
  const all = `Jobs run in ${namespace} of ${cluster}; rights, CronJob, container and variables are there.`;
  return {
    status: worstOf(findings.map(({ status }) => ({ status: status === 'unknown' ? 'ok' : status }))),
    sentence: [...(wrong.length > 0 ? wrong : [all]), ...of('unknown').map(({ sentence }) => sentence)].join(' '),
    facts: {
      account: account ?? 'unknown',
      cluster: cluster ?? 'unknown',
      namespace: namespace ?? 'unknown',
      ...Object.fromEntries(findings.map(({ what, status }) => [what, status])),
    },
  };
}

/**
 * The same as the workers see it, who launch Jobs with an account of their own and write down what they find: the
 * worst of those alive. Null for local processes, where accounts do not differ.
 */
export function launcherAsWorkersSee(ctx: Context, alive: HealthReport['workers']): Told | null {
  const { launcher } = ctx.config.jobs;
  if (launcher !== 'kubernetes') return null;
  const told = alive.flatMap(({ host, check, checkedAtMs }) => {
    if (check === null || checkedAtMs === null) return [];
    const found = toldOf(check);
    const old = ctx.clock.now() - checkedAtMs > checkOldSeconds * 1_000;
    const late: Told = {
      ...found,
      status: worstOf([found, { status: 'warning' }]),
      sentence: `The worker on ${host} has not asked since; Kubernetes may not answer it. Then: ${found.sentence}`,
    };
    return [{ ...(old ? late : found), asOfMs: checkedAtMs }];
  });
  const status = worstOf(told);
  const worst = told.find((each) => each.status === status);
  const sentence =
    alive.length === 0
      ? 'No worker runs, so nobody can say what it may do.'
      : 'No worker has said yet what it may do; each asks as it starts, and every 15 seconds then.';
  return worst ?? { status: 'warning', sentence, facts: {} };
}

export const isAlive = (worker: HealthReport['workers'][number]): boolean => worker.silentSeconds <= silentMaxSeconds;

/**
 * What the workers alive found when they last had the platform look at a Job of this kind, for an account that may not
 * ask itself: the worst of them; unknown where one of them has not said, or not lately.
 */
export async function dryRunByWorkers(ctx: Pick<Context, 'clock'> & { db: Db }, kind: JobKind): Promise<JobPreview> {
  const alive = (await ctx.db.query(selectWorkers, [])).filter(isAlive);
  const told = alive.map(({ host, check, checkedAtMs }): JobPreview => {
    const seconds = Math.max(0, Math.round((ctx.clock.now() - (checkedAtMs ?? 0)) / 1_000));
    if (check === null || seconds > checkOldSeconds)
      return { verdict: 'unknown', sentence: `The worker on ${host} has not said lately whether they are.` };
    const wrong = check.findings.filter(({ status }) => status === 'failed').map(({ sentence }) => sentence);
    const found = check.findings.find(({ what }) => what === dryRunOf(kind));
    const asked = `The worker on ${host} asked ${seconds} seconds ago`;
    if (found?.status === 'ok') return { verdict: 'pass', sentence: `${asked}. ${found.sentence}` };
    const verdict = wrong.length > 0 ? 'fail' : 'unknown';
    return { verdict, sentence: `${asked}. ${found?.sentence ?? (wrong.join(' ') || 'It did not try one.')}` };
  });
  const none: JobPreview = { verdict: 'unknown', sentence: 'No worker runs that could ask.' };
  const worst = (['fail', 'unknown', 'pass'] as const).map((verdict) => told.find((one) => one.verdict === verdict));
  return worst.find((one) => one !== undefined) ?? none;
}

/** What the worker that asked last makes Jobs from; null where no worker alive has said it. */
export async function templateByWorkers(ctx: { db: Db }): Promise<JobTemplate | null> {
  const alive = (await ctx.db.query(selectWorkers, [])).filter(isAlive);
  const [newest] = alive
    .filter(({ check }) => check?.template)
    .sort((a, b) => (b.checkedAtMs ?? 0) - (a.checkedAtMs ?? 0));
  return newest?.check?.template ?? null;
}
