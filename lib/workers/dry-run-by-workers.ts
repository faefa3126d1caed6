import type { Context } from '@/lib/context';
import { dryRunOf, type JobKind, type JobPreview } from '@/lib/jobs/model';
import type { Db } from '@/lib/postgres/client';
import { checkOldSeconds, isAlive } from './alive';
import { selectWorkers } from './sql';

/**
 * What the living workers found in their last dry run of a Job of this kind, for an account that may not do dry runs.
 * It is the worst of their findings, and unknown if one of them has none that is recent.
 */
export async function dryRunByWorkers(ctx: Pick<Context, 'clock'> & { db: Db }, kind: JobKind): Promise<JobPreview> {
  const alive = (await ctx.db.query(selectWorkers)).filter(isAlive);
  const told = alive.map(({ host, check, checkedAtMs }): JobPreview => {
    const seconds = Math.max(0, Math.round((ctx.clock.now() - (checkedAtMs ?? 0)) / 1_000));
    if (check === null || seconds > checkOldSeconds)
      return { verdict: 'unknown', sentence: `The worker on ${host} has not checked recently whether they are.` };
    const wrong = check.findings.filter(({ status }) => status === 'failed').map(({ sentence }) => sentence);
    const found = check.findings.find(({ what }) => what === dryRunOf(kind));
    const asked = `The worker on ${host} asked ${seconds} seconds ago`;
    if (found?.status === 'ok') return { verdict: 'pass', sentence: `${asked}. ${found.sentence}` };
    const verdict = wrong.length > 0 ? 'fail' : 'unknown';
    return { verdict, sentence: `${asked}. ${found?.sentence ?? (wrong.join(' ') || 'It did not try one.')}` };
  });
  const none: JobPreview = { verdict: 'unknown', sentence: 'No worker is running that could check.' };
  const worst = (['fail', 'unknown', 'pass'] as const).map((verdict) => told.find((one) => one.verdict === verdict));
  return worst.find((one) => one !== undefined) ?? none;
}
