import { randomUUID } from 'node:crypto';
import type { DayResult } from '@/lib/detection/model';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { foundOf, next, relookFoundOf } from './model';
import { type SavedMove, saveMoves } from './save-moves';
import {
  changingStatuses,
  insertFindingEvents,
  moveMute,
  selectDaysInWork,
  selectFindingsOfDays,
  selectMutesOfDays,
} from './sql/findings';
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
  const lookedBefore = new Map(written.map(({ day, before }) => [day, before]));
  const looked = days.filter(({ day }) => lookedBefore.has(day));
  if (looked.length === 0) return;
  const now = new Date(atMs);
  const findings = await tx.query(selectFindingsOfDays, { customerId, now, days: looked.map(({ day }) => day) });
  const looks = storedJson(looked.map((day) => ({ day: day.day, asOfMs: day.asOfMs, found: relookFoundOf(day) })));
  const inWork = await tx.query(selectDaysInWork, { customerId, looks, changing: [...changingStatuses] });
  const mutes = await tx.query(selectMutesOfDays, { customerId, now, days: wrongDays(looked) });
  const moves = looked.flatMap((day): SavedMove[] => {
    if (inWork.includes(day.day)) return [];
    const before = findings.find((finding) => finding.day === day.day) ?? null;
    const truthChangedAtMs = of.truthChanges?.get(day.day) ?? null;
    const last = lookedBefore.get(day.day);
    const cleanAtMs = last && foundOf(last) === 'clean' ? last.atMs : null;
    const look = { kind: 'looked' as const, newId: randomUUID(), customerId, atMs, day, truthChangedAtMs, cleanAtMs };
    const move = next(before, look);
    const muted = before ? before.muted : mutes.some((mute) => mute.day === day.day);
    return move ? [{ ...move, before, muted }] : [];
  });
  await saveMoves(tx, moves, { atMs, scanId });
  for (const { finding, before } of moves) {
    const mute = before === null && mutes.find(({ day }) => day === finding.day);
    if (mute) await carryMute(tx, { ...mute, to: finding.id, atMs });
  }
  await tx.query(settleRelooks, { customerId, scanId, now, looks });
}

const wrongDays = (days: readonly DayResult[]) => days.filter(({ affected }) => affected > 0).map(({ day }) => day);

/** A mute is of a day until it ends, whatever the day is meanwhile. */
async function carryMute(
  tx: Transaction,
  { findingId, reason, to, atMs }: { findingId: string; reason: string; to: string; atMs: number },
): Promise<void> {
  await tx.query(moveMute, { from: findingId, to });
  const text = `The mute of the day’s finding before goes on: ${reason}`;
  const event = { finding_id: to, at: new Date(atMs).toISOString(), kind: 'muted', text, actor: 'worker' };
  await tx.query(insertFindingEvents, { events: storedJson([event]) });
}
