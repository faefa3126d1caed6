import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Context } from '@/lib/context';
import { addDays, daysBetween } from '@/lib/days';
import { type Breakdown, type DayResult, FlagCounts } from '@/lib/detection/model';
import { recordDays } from '@/lib/findings/history/record-days';

const breakdown = (names: number): Breakdown[] =>
  Array.from({ length: names }, (_, n) => ({ key: `agent-${n}`, affected: n + 2, stale: n, duplicates: 2 }));

/** A day as a scan finds it: 40 agents with something wrong, five use cases. */
const dayOf = (day: string, asOfMs: number): DayResult => ({
  day,
  asOfMs,
  atLeast: false,
  conversations: 4_000,
  affected: 90,
  stale: 80,
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
 * The WAL that the end of a scan of 35 days writes, in bytes: the first look, the same again, and the same again after a
 * checkpoint, when Postgres writes each page as a whole once.
 */
export async function walOfScan(ctx: Context, root: Pool): Promise<Record<string, number>> {
  const customerId = 'customer-7';
  const days = daysBetween('2020-01-01', addDays('2020-01-01', 35));
  let atMs = ctx.clock.now();
  const record = async () => {
    atMs += 900_000;
    const results = days.map((day) => dayOf(day, atMs));
    const position = async () =>
      Number((await root.query(`SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') AS at`)).rows[0].at);
    const before = await position();
    await ctx.db.transaction((tx) =>
      recordDays(tx, { scanId: randomUUID(), customerId, cause: 'schedule', days: results, atMs }),
    );
    return (await position()) - before;
  };
  const first = await record();
  await record();
  const again = await record();
  await root.query('CHECKPOINT');
  const afterCheckpoint = await record();
  await root.query('DELETE FROM day_looks; DELETE FROM day_counts; DELETE FROM findings; DELETE FROM overview_changes');
  return { first, again, afterCheckpoint };
}
