import type { Context } from '@/lib/context';
import type { LauncherCheck } from '@/lib/jobs/model';
import { checkOldSeconds } from '@/lib/workers/alive';
import { type HealthPart, type HealthReport, worstOf } from './model';

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
