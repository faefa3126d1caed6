import type { Context } from '@/lib/context';
import type { LauncherCheck } from '@/lib/jobs/model';
import { checkOldSeconds } from '@/lib/workers/alive';
import { type HealthPart, type HealthReport, worstOf } from './model';

type Told = Omit<HealthPart, 'name'>;

/** The platform of Jobs, as the account of this process sees it. */
export async function launcherAsSeenHere(ctx: Context): Promise<Told> {
  return toldOf(await (await ctx.launcher()).check());
}

/** The result of a check. What cannot be determined is mentioned, but is no fault. */
function toldOf({ platform, cluster, namespace, account, findings }: LauncherCheck): Told {
  if (platform === 'process')
    return { status: 'ok', sentence: 'Jobs run as processes on this machine.', facts: { platform } };
  const of = (...states: string[]) => findings.filter(({ status }) => states.includes(status));
  const wrong = of('failed', 'warning').map(({ what, sentence }) => `${what}: ${sentence}`);
  const all = `Jobs run in ${namespace} of ${cluster}; rights, CronJob, container and variables were all found.`;
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
 * The platform of Jobs as the workers see it, since they launch Jobs with their own account and record what they find.
 * It is the worst finding of the workers that are alive. Null for local processes, where the accounts are the same.
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
      sentence: `The worker on ${host} has not checked since; Kubernetes may not answer it. Its last finding: ${found.sentence}`,
    };
    return [{ ...(old ? late : found), asOfMs: checkedAtMs }];
  });
  const status = worstOf(told);
  const worst = told.find((each) => each.status === status);
  const sentence =
    alive.length === 0
      ? 'No worker is running, so its rights are not known.'
      : 'No worker has checked its rights yet. Each does when it starts, and then every 15 seconds.';
  return worst ?? { status: 'warning', sentence, facts: {} };
}
