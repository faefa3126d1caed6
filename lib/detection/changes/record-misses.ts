import { randomUUID } from 'node:crypto';
import { announce, resolveAll } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { count, formatNumber, listed } from '@/lib/words';
import type { DayResult } from '../model';
import { type Compared, sharesApart } from './audit-model';
import { type MissDay, missCaseKey } from './miss-model';
import type { ScanAudit } from './model';
import { endCleanMisses, insertMiss, markMissDaysClean } from './sql/misses';

/**
 * Keeps what an audit found that the increments had missed, and tells of it. Days that it counted as they are recorded
 * settle earlier misses. The caller's transaction holds the lock of the history.
 */
export async function recordMisses(tx: Transaction, audit: ScanAudit, compared: readonly Compared[]): Promise<void> {
  const { customerId, scanId, conversations, missed, daysMissed } = audit;
  const at = new Date(audit.atMs);
  const clean = compared.filter((day) => day.missed === 0).map(({ found: { day } }) => day);
  const missIds = [...new Set(await tx.query(markMissDaysClean, { customerId, days: clean, at }))];
  const settled = missIds.length === 0 ? [] : await tx.query(endCleanMisses, { missIds, at });
  const ended = settled.filter(({ state }) => state !== 'open').map((miss) => missCaseKey(customerId, miss.scanId));
  await resolveAll(tx, ended, 'A later full scan counted the days as they were recorded.');
  if (missed === 0) return;
  const id = randomUUID();
  const days = compared.filter((day) => day.missed > 0).map(missDayOf);
  await tx.query(insertMiss, { id, customerId, scanId, at, missed, days: storedJson(days) });
  await announce(tx, {
    event: 'increment missed',
    caseKey: missCaseKey(customerId, scanId),
    customerId,
    title: `A full scan of ${customerId} found what its increments had missed.`,
    lines: [
      `It looked again at ${count(conversations, 'conversation')}, missed ${formatNumber(missed)}.`,
      `${count(daysMissed.length, 'day')}: ${listed(daysMissed)}. They are right now.`,
    ],
    path: `/findings/misses/${id}`,
  });
}

const missDayOf = ({ recorded, found, missed }: Compared): MissDay => ({
  day: found.day,
  missed,
  recorded: countsOf(recorded),
  found: countsOf(found),
  shares: sharesApart(recorded, found),
});

const countsOf = ({ day: _, asOfMs: __, atLeast: ___, byAgent: ____, byUseCase: _____, ...counts }: DayResult) =>
  counts;
