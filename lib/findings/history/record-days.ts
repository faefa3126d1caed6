import { randomUUID } from 'node:crypto';
import type { DayResult } from '@/lib/detection/model';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { foundOf, next } from './model';
import { type SavedMove, saveMoves } from './save-moves';
import { changingStatuses, selectDaysInWork, selectFindingsOfDays } from './sql/findings';
import { lockHistory, recordLooks } from './sql/looks';
import { settleRelooks } from './sql/relooks';

export type RecordDays = {
  scanId: string;
  customerId: string;
  days: DayResult[];
  /** Now, of the context's clock. */
  atMs: number;
  /** By day, the newest version of the truth of the affected conversations, in ms; see `truthChanges`. */
  truthChanges?: ReadonlyMap<string, number>;
};

/**
 * Keeps what a scan found on the days that it really looked at, in the transaction that ends the scan: the newest
 * counts, their history, findings and what people hear of them. A day that another scan looked at later stays as that
 * one found it.
 */
export async function recordDays(tx: Transaction, of: RecordDays): Promise<void> {
  const { scanId, customerId, days, atMs } = of;
  if (days.length === 0) return;
  await tx.query(lockHistory);
  const written = await tx.query(recordLooks, { customerId, scanId, days: storedJson(days) });
  const cleanAt = new Map(written.map(({ day, cleanAtMs }) => [day, cleanAtMs]));
  const looked = days.filter(({ day }) => cleanAt.has(day));
  if (looked.length === 0) return;
  const now = new Date(atMs);
  const findings = await tx.query(selectFindingsOfDays, { customerId, now, days: looked.map(({ day }) => day) });
  const looks = storedJson(looked.map((day) => ({ day: day.day, asOfMs: day.asOfMs, found: relookFound(day) })));
  const inWork = await tx.query(selectDaysInWork, { customerId, looks, changing: [...changingStatuses] });
  const moves = looked.flatMap((day): SavedMove[] => {
    if (inWork.includes(day.day)) return [];
    const before = findings.find((finding) => finding.day === day.day) ?? null;
    const truthChangedAtMs = of.truthChanges?.get(day.day) ?? null;
    const cleanAtMs = cleanAt.get(day.day) ?? null;
    const look = { kind: 'looked' as const, newId: randomUUID(), customerId, atMs, day, truthChangedAtMs, cleanAtMs };
    const move = next(before, look);
    return move ? [{ ...move, before, muted: before?.muted ?? false }] : [];
  });
  await saveMoves(tx, moves, { atMs, scanId });
  await tx.query(settleRelooks, { customerId, scanId, now, looks });
}

const relookFound = (day: DayResult) => {
  const found = foundOf(day);
  return found === 'beyond repair' ? 'wrong' : found;
};
