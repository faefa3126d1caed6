import { randomUUID } from 'node:crypto';
import type { Day } from '@/lib/days';
import { announce, resolveAll } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { count, formatNumber, listed } from '@/lib/words';
import type { DayResult } from '../model';
import { type Compared, sharesApart } from './audit-model';
import { type MissDay, missCaseKey } from './miss-model';
import type { ScanAudit } from './model';
import { endCleanMisses, endUnwatchedMisses, insertMiss, markMissDaysClean } from './sql/misses';

/**
 * Keeps what an audit found that the increments had missed, and tells of it. Days that scans of changes recorded since
 * and that it counted so settle earlier misses, as do days that are not in its range any more. The caller's transaction holds the lock of the history.
 */
export async function recordMisses(
  tx: Transaction,
  { audit, range, compared }: { audit: ScanAudit; range: { fromDay: Day; toDay: Day }; compared: readonly Compared[] },
): Promise<void> {
  const { customerId, scanId, conversations, missed, daysMissed } = audit;
  const at = new Date(audit.atMs);
  const clean = compared.filter((day) => day.missed === 0).map(({ found: { day } }) => day);
  const missIds = [...new Set(await tx.query(markMissDaysClean, { customerId, days: clean, at }))];
  const settled = missIds.length === 0 ? [] : await tx.query(endCleanMisses, { missIds, at });
  const ended = settled.filter(({ state }) => state !== 'open').map((miss) => missCaseKey(customerId, miss.scanId));
  await resolveAll(tx, ended, 'Scans of changes recorded its days again, and later full scans counted the same.');
  const unwatched = await tx.query(endUnwatchedMisses, { customerId, at, fromDay: range.fromDay, toDay: range.toDay });
  await resolveAll(
    tx,
    unwatched.map((scanOf) => missCaseKey(customerId, scanOf)),
    'Its days are not watched any more, so no full scan compares them again.',
  );
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
      `${count(daysMissed.length, 'day')}: ${listed(daysMissed)}. Their counts are correct again.`,
    ],
    path: `/findings/misses/${id}`,
    measure: { affected: missed, share: conversations === 0 ? 1 : Math.min(1, missed / conversations) },
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
