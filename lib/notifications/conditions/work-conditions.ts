import type { Context } from '@/lib/context';
import { failuresBefore, tellFailing, tellScanned } from '@/lib/detection/scan/tell-scan';
import { messageOf } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { atIntervals } from '@/lib/poll';
import type { Db, Transaction } from '@/lib/postgres/client';
import { announce, resolveCase } from '../announce';
import { overdueSteps } from './overdue';
import {
  closeEnded,
  countCustomers,
  selectFailing,
  selectLookedAgain,
  selectOverdue,
  selectOverdueCases,
  tryConditions,
} from './sql';

const lookEveryMs = 60_000;
/** A scan may wait and take this long beyond two periods before it is overdue. */
const allowanceMs = 5 * 60_000;

/** Looks for what no transaction announces, until `signal` aborts. Several workers may look, and one of them does. */
export async function workConditions(ctx: Context, signal: AbortSignal): Promise<void> {
  const sinceMs = ctx.clock.now();
  const look = () => lookAtConditions(ctx, sinceMs);
  await atIntervals(lookEveryMs, signal, look, (error) =>
    ctx.log.warn({ reason: messageOf(error) }, 'it could not be looked for overdue scans'),
  );
}

/** The customers that nobody looked at for more than two periods, the longest first; none where the period is 0. */
export async function overdueCustomers({ db, clock, config }: Clocked) {
  const everyMs = config.detection.scanEveryMs;
  if (everyMs === 0) return [];
  const before = new Date(clock.now() - 2 * everyMs - allowanceMs);
  return db.query(selectOverdue, { before, failuresBefore });
}
type Clocked = { db: Db } & Pick<Context, 'clock' | 'config'>;

/**
 * Closes what happened once and is over, announces customers whose looks fail or that nobody looked at for more than two
 * periods, and resolves those that were looked at. Nobody is overdue while everything is stopped, where the period is 0, and
 * in the first minutes after `sinceMs`, when a worker that was away catches up.
 */
export async function lookAtConditions(ctx: Pick<Context, 'db' | 'clock' | 'config'>, sinceMs: number): Promise<void> {
  if (ctx.clock.now() - sinceMs < allowanceMs) return;
  await ctx.db.transaction(async (tx) => {
    if (!(await tx.query(tryConditions))[0]) return;
    await tx.query(closeEnded);
    if ((await tx.query(selectStop))[0]) return;
    await lookAtFailing(tx);
    const overdue = await overdueCustomers({ ...ctx, db: tx });
    const [customers = 0] = await tx.query(countCustomers);
    const open = await tx.query(selectOverdueCases, { failuresBefore });
    const steps = overdueSteps(overdue, open, { customers, isOff: ctx.config.detection.scanEveryMs === 0 });
    for (const one of steps.announce) await announce(tx, { event: 'scan overdue', ...one });
    for (const { caseKey, sentence } of steps.resolve) await resolveCase(tx, caseKey, sentence);
  });
}

/** A look that fails leaves no scan, so only the schedule knows of it; one that succeeds may leave none either. */
async function lookAtFailing(tx: Transaction): Promise<void> {
  for (const { customerId, failure } of await tx.query(selectFailing, { failuresBefore }))
    await tellFailing(tx, customerId, failure);
  for (const customerId of await tx.query(selectLookedAgain)) await tellScanned(tx, customerId);
}
