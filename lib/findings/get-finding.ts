import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { FindingView } from './model';
import {
  selectDayHistory,
  selectFinding,
  selectFindingEvents,
  selectLookedAt,
  selectNewer,
  selectRelooks,
  selectRunsOfDay,
} from './sql/view';

const eventsMost = 500;
const historyMost = 200;
const runsMost = 50;

/** A finding with all that was done about its day. Throws AppError('not_found'). */
export async function getFinding(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { findingId }: { findingId: string },
): Promise<FindingView> {
  const [finding] = await db.query(selectFinding, { findingId, now: new Date(clock.now()) });
  if (!finding) throw new AppError('not_found', 'There is no such finding.');
  const of = { customerId: finding.customerId, day: finding.day };
  const [newer, events, history, lookedAt, relooks, runs] = await Promise.all([
    db.query(selectNewer, { findingId }),
    db.query(selectFindingEvents, { findingId, rowsMax: eventsMost }),
    db.query(selectDayHistory, { ...of, rowsMax: historyMost }),
    db.query(selectLookedAt, of),
    db.query(selectRelooks, of),
    db.query(selectRunsOfDay, { ...of, rowsMax: runsMost }),
  ]);
  return { ...finding, newerId: newer[0] ?? null, lookedAtMs: lookedAt[0] ?? null, events, history, relooks, runs };
}
