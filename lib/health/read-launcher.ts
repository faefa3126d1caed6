import type { Context } from '@/lib/context';
import { launchersHaveAccounts } from '@/lib/jobs/create-launcher';
import type { LauncherCheck } from '@/lib/jobs/model';
import { checkOldSeconds } from '@/lib/workers/alive';
import { type HealthPart, type HealthReport, worstOf } from './model';

type Told = Omit<HealthPart, 'name'>;

/** The platform of Jobs, as the account of this process sees it. */
export async function launcherAsSeenHere(ctx: Context): Promise<Told> {
  return toldOf(await (await ctx.launcher()).check());
}

/** The facts of a place that are known. */
export const factsOf = ({ platform, ...place }: Partial<LauncherCheck>): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ platform, account: place.account, cluster: place.cluster, namespace: place.namespace }).flatMap(
      ([name, value]) => (value ? [[name, value]] : []),
    ),
  );

/** The result of a check. What cannot be determined is mentioned, but is no fault. */
function toldOf({ findings, allFound, ...place }: LauncherCheck): Told {
  const of = (...states: string[]) => findings.filter(({ status }) => states.includes(status));
  const wrong = of('failed', 'warning').map(({ what, sentence }) => `${what}: ${sentence}`);
  return {
    status: worstOf(findings.map(({ status }) => ({ status: status === 'unknown' ? 'ok' : status }))),
    sentence: [...(wrong.length > 0 ? wrong : [allFound]), ...of('unknown').map(({ sentence }) => sentence)].join(' '),
    facts: {
      ...factsOf(place),
      ...Object.fromEntries(findings.map(({ what, status }) => [what, status])),
    },
  };
}

/**
 * The platform of Jobs as the workers see it, since they launch Jobs with their own account and record what they find.
 * It is the worst finding of the workers that are alive. Null where the accounts are the same.
 */
export function launcherAsWorkersSee(ctx: Context, alive: HealthReport['workers']): Told | null {
  if (!launchersHaveAccounts(ctx.config)) return null;
  const told = alive.flatMap(({ host, check, checkedAtMs }) => {
    if (check === null || checkedAtMs === null) return [];
    const found = toldOf(check);
    const old = ctx.clock.now() - checkedAtMs > checkOldSeconds * 1_000;
    const late: Told = {
      ...found,
      status: worstOf([found, { status: 'warning' }]),
      sentence: `The worker on ${host} has not checked since; the platform may not answer it. Its last finding: ${found.sentence}`,
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
