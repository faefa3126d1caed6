import type { Context } from '@/lib/context';
import type { Day } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { selectKnownWrong } from '@/lib/findings/history/sql/findings';
import type { DetectionEngine } from '../judge/engine';
import { type Cost, type Limits, noCost } from '../judge/session';
import { truthChanges } from '../judge/truth-changes';
import type { DayResult } from '../model';

/**
 * When the truth of days changed that a scan finds wrong and that were not known to be. It is only a clock of findings,
 * so the scan goes on without it where a limit stops it.
 */
export async function truthChangesOfNewlyWrong(
  { db, log }: Pick<Context, 'db' | 'log'>,
  engine: DetectionEngine,
  of: Parameters<typeof truthChanges>[1] & { customerId: string; days: readonly DayResult[] },
  limits: Limits,
): Promise<{ changes: Map<Day, number>; cost: Cost }> {
  const wrong = of.days.filter(({ affected }) => affected > 0).map(({ day }) => day);
  const nothing = { changes: new Map<Day, number>(), cost: noCost() };
  if (wrong.length === 0) return nothing;
  const known = new Set(
    (await db.query(selectKnownWrong, { customerId: of.customerId, days: wrong })).map((row) => row.day),
  );
  const unknown = wrong.filter((day) => !known.has(day));
  if (unknown.length === 0) return nothing;
  try {
    return await truthChanges(engine, of, unknown, limits);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'limit' || limits.signal?.aborted) throw error;
    log.warn({ err: error, customer: of.customerId }, 'when the truth of wrong days changed is not known');
    return nothing;
  }
}
