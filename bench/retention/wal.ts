import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Context } from '@/lib/context';
import { addDays, daysBetween } from '@/lib/days';
import { type Breakdown, type DayResult, FlagCounts } from '@/lib/detection/model';
import { recordDays } from '@/lib/findings/history/record-days';

const breakdown = (names: number): Breakdown[] =>
  Array.from({ length: names }, (_, n) => ({ key: `agent-${n}`, affected: n + 2, stale: n, duplicates: 2 }));

/** A day as a scan finds it: 40 agents with something wrong, five use cases. */
const dayOf = (day: string, asOfMs: number, stale: number): DayResult => ({
  day,
  asOfMs,
  atLeast: false,
  conversations: 4_000,
  affected: 90,
  stale,
  duplicates: 5,
  missing: 3,
  orphans: 2,
  open: 12,
  settling: 40,
  flags: FlagCounts.parse({ wrongAgent: 70, wrongUseCase: 20 }),
  byAgent: breakdown(40),
  byUseCase: breakdown(5),
});

/**
 * The WAL that the end of a scan writes, in bytes: the first look at 35 days, the same again, the same again after a
 * checkpoint, when Postgres writes each page as a whole once, and two days of which the counts changed.
 */
export async function walOfScan(ctx: Context, root: Pool): Promise<Record<string, number>> {
  const customerId = 'customer-7';
  const all = daysBetween('2020-01-01', addDays('2020-01-01', 35));
  let atMs = ctx.clock.now();
  const position = async () =>
    Number((await root.query(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS at`)).rows[0].at);
  const record = async (days: string[], stale = 80) => {
    atMs += 900_000;
    const results = days.map((day) => dayOf(day, atMs, stale));
    const before = await position();
    await ctx.db.transaction((tx) => recordDays(tx, { scanId: randomUUID(), customerId, days: results, atMs }));
    return (await position()) - before;
  };
  const first = await record(all);
  await record(all);
  const again = await record(all);
  const changed = await record(all.slice(-2), 81);
  await root.query('CHECKPOINT');
  const afterCheckpoint = await record(all);
  const changedLater = await record(all.slice(-2), 82);
  await root.query('DELETE FROM day_looks; DELETE FROM day_counts; DELETE FROM findings; DELETE FROM overview_changes');
  return { first, again, afterCheckpoint, changed: Math.max(changed, changedLater) };
}
