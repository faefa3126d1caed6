import type { Scope } from '@/lib/customers/model';
import { addDays, dayStartMs, daysBetween } from '@/lib/days';
import type { Transaction } from '@/lib/postgres/client';
import { next, relookAfter } from './history/model';
import { type SavedMove, saveMoves } from './history/save-moves';
import { selectFindingsOfDays } from './history/sql/findings';
import { lockHistory } from './history/sql/looks';
import { planRelooks } from './history/sql/relooks';

/**
 * Keeps that a run changed labels of a scope, in the transaction of its unit: findings of days that it verified as a
 * whole are repaired, and each of its days is looked at again at 15 minutes, 1 hour, 1 day and 7 days after. `atMs` is
 * now, of the context's clock.
 */
export async function recordRepair(
  tx: Transaction,
  repair: { runId: string; customerId: string; scope: Scope; verified: boolean; atMs: number },
): Promise<void> {
  const { runId, customerId, scope, atMs } = repair;
  const { timeZone } = scope;
  const days = daysBetween(scope.fromDay, scope.toDay);
  await tx.query(lockHistory);
  const findings = await tx.query(selectFindingsOfDays, { customerId, days, now: new Date(atMs) });
  const moves = findings.flatMap((before): SavedMove[] => {
    const isWhole =
      scope.fromMs <= dayStartMs(before.day, timeZone) && scope.toMs >= dayStartMs(addDays(before.day, 1), timeZone);
    const move = next(before, { kind: 'repaired', atMs, runId, whole: repair.verified && isWhole });
    return move ? [{ ...move, before, muted: before.muted }] : [];
  });
  await saveMoves(tx, moves, { atMs, runId });
  const repairedAt = new Date(atMs);
  await tx.query(planRelooks, { customerId, days, after: [...relookAfter], runId, repairedAt });
}
