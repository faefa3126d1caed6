import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import type { DayResult } from '@/lib/detection/model';
import { listDays } from '@/lib/detection/view/list-days';
import { overview } from '@/lib/detection/view/overview';
import { getFinding } from '@/lib/findings/get-finding';
import { recordRepair } from '@/lib/findings/record-repair';
import { requestRelooks } from '@/lib/findings/work-relooks';
import { connectPostgres } from '@/lib/postgres/client';
import { isMigration, migrate } from '@/lib/postgres/migrate';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase, freshPostgres, testLog } from '@/tests/support/fresh';
import { looked, recordLooks } from '@/tests/support/looks';

const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const day = '2026-02-10';
const at = Date.parse('2026-02-12T00:00:00Z');

let ctx: TestContext;
let customer: Customer;
beforeAll(async () => {
  ctx = await testContext();
  customer = { id: 'acme', displayName: 'Acme', profiles: ['p1'], timeZone: 'UTC', database: await freshDatabase() };
  await addCustomer(ctx, customer, actor);
});
afterAll(() => ctx.close());

const look = (asOfMs: number, stale: number, more: Partial<DayResult> = {}) => looked(day, asOfMs, stale, more);
const record = (...days: DayResult[]) => recordLooks(ctx, 'acme', days);
const rows = async (table: string) =>
  (await ctx.db.pool.query(`SELECT * FROM ${table} WHERE customer_id = 'acme' ORDER BY day, as_of`)).rows;
const history = async () => (await rows('day_counts')).map((row) => [row.as_of.getTime(), row.affected]);
const shown = async () => (await listDays(ctx, { customerId: 'acme', fromDay: day, toDay: '2026-02-11' }))[0];

describe('the history of a day', () => {
  it('has a row for each change of what is wrong, and none for a look that finds the same', async () => {
    await record(look(at, 7));
    await record(look(at + 1_000, 7));
    expect(await history()).toEqual([[at, 7]]);
    expect(await rows('day_looks')).toMatchObject([{ affected: 7, as_of: new Date(at + 1_000) }]);
    await record(look(at + 2_000, 9));
    await record(look(at + 3_000, 0));
    expect(await history()).toEqual([
      [at, 7],
      [at + 2_000, 9],
      [at + 3_000, 0],
    ]);
    expect(await shown()).toEqual(look(at + 3_000, 0));
  });

  it('keeps the conversations of the last look where only these grow', async () => {
    await record(look(at + 4_000, 0, { conversations: 130, open: 2 }));
    expect((await rows('day_counts')).map((row) => [row.conversations, row.open])).toEqual([
      [100, 0],
      [100, 0],
      [130, 2],
    ]);
    expect(await shown()).toMatchObject({ conversations: 130, open: 2, asOfMs: at + 4_000 });
  });

  it('has a row when a day that was settling, or empty, is counted clean, so that no moment before looks clean', async () => {
    const young = '2026-02-11';
    const at9 = (more: Partial<DayResult>, asOfMs: number) => look(asOfMs, 0, { day: young, ...more });
    await record(at9({ conversations: 0 }, at));
    await record(at9({ conversations: 40, settling: 40 }, at + 1_000));
    await record(at9({ conversations: 80, settling: 20 }, at + 2_000));
    await record(at9({ conversations: 400 }, at + 3_000));
    const { rows: kept } = await ctx.db.pool.query(
      'SELECT as_of, conversations, settling FROM day_counts WHERE day = $1 ORDER BY as_of',
      [young],
    );
    expect(kept.map((row) => [row.as_of.getTime() - at, row.conversations, row.settling])).toEqual([
      [0, 0, 0],
      [1_000, 80, 20],
      [3_000, 400, 0],
    ]);
    await ctx.db.pool.query('DELETE FROM day_counts WHERE day = $1', [young]);
    await ctx.db.pool.query('DELETE FROM day_looks WHERE day = $1', [young]);
  });

  it('is not changed by a scan that looked earlier and ends later', async () => {
    await record(look(at + 1_500, 55));
    expect(await shown()).toMatchObject({ affected: 0, asOfMs: at + 4_000 });
    expect(await history()).toHaveLength(3);
  });

  it('shows a day as looked at when its customer was found unchanged, within the range that was asked about only', async () => {
    await ctx.db.pool.query('INSERT INTO watched_customers VALUES ($1, $2, $3, $4)', [
      'acme',
      '2026-02-01',
      day,
      new Date(at + 9_000),
    ]);
    expect(await shown()).toMatchObject({ asOfMs: at + 4_000 });
    await ctx.db.pool.query("UPDATE watched_customers SET to_day = '2026-02-11'");
    expect(await shown()).toMatchObject({ asOfMs: at + 9_000 });
    expect((await overview(ctx)).data?.customers[0]).toMatchObject({ newestDay: day, countedAtMs: at + 9_000 });
  });
});

describe('a finding of a day', () => {
  const run = '22222222-2222-4222-8222-222222222222';
  const wrongDay = '2026-02-08';
  const wrong = (asOfMs: number, stale: number) => look(asOfMs, stale, { day: wrongDay });
  const finding = async () =>
    (await ctx.db.pool.query('SELECT * FROM findings WHERE day = $1 ORDER BY first_seen_at', [wrongDay])).rows;
  const events = async () =>
    (await ctx.db.pool.query('SELECT kind, run_id FROM finding_events ORDER BY id')).rows.map((row) => row.kind);
  const repair = (atMs: number) =>
    ctx.db.transaction((tx) =>
      recordRepair(tx, {
        runId: run,
        customerId: 'acme',
        scope: scopeOf(customer, wrongDay, '2026-02-09'),
        verified: true,
        atMs,
      }),
    );
  const openCases = async () =>
    (await ctx.db.pool.query('SELECT event FROM notification_cases WHERE resolved_at IS NULL')).rows.map(
      (row) => row.event,
    );

  it('is one, from its first look over a repair until it falls back, and people hear of that', async () => {
    await ctx.db.pool.query('DELETE FROM findings; DELETE FROM notification_cases');
    await record(wrong(at, 7));
    expect(await openCases()).toEqual(['finding new']);
    await record(wrong(at + 1_000, 7));
    await repair(at + 2_000);
    expect(await openCases()).toEqual([]);
    await record(wrong(at + 1_500, 7));
    expect((await finding())[0]).toMatchObject({ state: 'repaired', repaired_by_run: run });
    await record(wrong(at + 3_000, 0));
    await record(wrong(at + 4_000, 3));
    expect(await openCases()).toEqual(['finding fallen back']);
    expect(await finding()).toMatchObject([
      { state: 'fallen back', affected: 3, worst_affected: 7, times_fallen_back: 1, agents: 1 },
    ]);
    await record(wrong(at + 5_000, 0));
    expect(await openCases()).toEqual([]);
    expect(await events()).toEqual(['new', 'ongoing', 'repaired', 'fallen back', 'resolved by itself']);
    await record(wrong(at + 6_000, 1));
    const [old, newer] = await finding();
    expect([old.state, newer.state]).toEqual(['resolved by itself', 'new']);
    expect(await getFinding(ctx, { findingId: old.id })).toMatchObject({ newerId: newer.id });
    expect(await getFinding(ctx, { findingId: newer.id })).toMatchObject({ newerId: null });
  });

  it('keeps its revision while looks find the same', async () => {
    const [before] = (await finding()).slice(-1);
    await record(wrong(at + 7_000, 1));
    const [ongoing] = (await finding()).slice(-1);
    expect(ongoing.revision).toBeGreaterThan(before.revision);
    await record(wrong(at + 8_000, 1));
    const [same] = (await finding()).slice(-1);
    expect(same).toEqual({ ...ongoing, last_seen_at: new Date(at + 8_000) });
  });

  it('that is muted is announced to nobody', async () => {
    await ctx.db.pool.query('DELETE FROM notification_cases');
    await ctx.db.pool.query('UPDATE findings SET muted_until = $1', [new Date(at * 2)]);
    await record(wrong(at + 9_000, 40));
    await repair(at + 10_000);
    await record(wrong(at + 11_000, 40));
    expect((await finding()).at(-1)).toMatchObject({ state: 'fallen back', affected: 40 });
    expect(await openCases()).toEqual([]);
  });

  it('settles the relooks that were due when its day was looked at', async () => {
    await repair(at + 20_000);
    const due = async () =>
      (await ctx.db.pool.query('SELECT after, found FROM relooks WHERE day = $1 ORDER BY due_at', [wrongDay])).rows;
    await record(wrong(at + 20_000 + 15 * 60_000 - 1, 0));
    expect((await due()).map((row) => row.found)).toEqual([null, null, null, null]);
    await record(wrong(at + 20_000 + 3_600_000, 2));
    expect((await due()).map((row) => row.found)).toEqual(['wrong', 'wrong', null, null]);
  });

  it('is wrong since the look that counted its day clean, and since the truth changed after one that did not', async () => {
    const since = async (of: string, before: Partial<DayResult>) => {
      await record(look(at, 0, { day: of, ...before }));
      await recordLooks(ctx, 'acme', [look(at + 9_000, 3, { day: of })], new Map([[of, at - 5_000]]));
      const { rows: found } = await ctx.db.pool.query('SELECT wrong_since FROM findings WHERE day = $1', [of]);
      return found[0].wrong_since.getTime() - at;
    };
    expect(await since('2026-01-01', {})).toBe(0);
    expect(await since('2026-01-02', { settling: 1 })).toBe(-5_000);
    expect(await since('2026-01-03', { atLeast: true })).toBe(-5_000);
  });

  it('has its relooks settled by a later look that was known when their scan ended, as that one found the day', async () => {
    const scanId = '33333333-3333-4333-8333-333333333333';
    await ctx.db.pool.query(
      `INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status)
       VALUES ($1, 'acme', '2026-01-05', '2026-01-08', 'after repair', 'relook', 'succeeded')`,
      [scanId],
    );
    const found = { '2026-01-05': {}, '2026-01-06': { settling: 2 }, '2026-01-07': { affected: 1 } };
    await record(...Object.entries(found).map(([of, more]) => look(at, 0, { day: of, ...more })));
    await ctx.db.pool.query(
      `INSERT INTO relooks (customer_id, day, after, run_id, due_at, scan_id, requested_at)
       SELECT 'acme', day::date, '1 hour', $1, now(), $1, now() FROM unnest($2::text[]) AS day`,
      [scanId, Object.keys(found)],
    );
    await requestRelooks({ ...ctx, clock: { now: () => Date.now() + 1_000 } });
    const { rows: settled } = await ctx.db.pool.query('SELECT found FROM relooks WHERE run_id = $1 ORDER BY day', [
      scanId,
    ]);
    expect(settled.map((row) => row.found)).toEqual(['clean', 'not known', 'wrong']);
  });
});

it('a database of before has its newest results in the new tables, and a scan under way keeps its progress', async () => {
  const { chatsUrl: url } = await freshPostgres();
  const folder = 'lib/postgres/migrations';
  const before = mkdtempSync(join(tmpdir(), 'migrations-'));
  for (const name of readdirSync(folder).filter((file) => isMigration(file) && file < '0026'))
    copyFileSync(join(folder, name), join(before, name));
  const options = { url, ownerUrl: url, log: testLog, application: 'tests' };
  await migrate({ ...options, folder: before });
  const old = connectPostgres({ url, log: testLog, application: 'tests' });
  await old.pool.query(`
    INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ('c', 'C', 'c', 'UTC');
    INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status)
    SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'c', '2026-02-01', '2026-02-04', 'person', 'p', status
    FROM (VALUES (1, 'succeeded'), (2, 'succeeded'), (3, 'succeeded'), (4, 'running')) AS v (n, status);
    INSERT INTO scan_days (scan_id, customer_id, day, as_of, conversations, affected, stale, duplicates, missing, orphans,
                           open, settling, flags)
    SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'c', day::date, '2026-02-05'::timestamptz + n * interval '1 h',
           10, affected, affected, 0, 0, 0, 0, 0, jsonb_build_object('wrongAgent', affected)
    FROM (VALUES (1, '2026-02-01', 3), (2, '2026-02-01', 3), (3, '2026-02-01', 4), (4, '2026-02-01', 5),
                 (4, '2026-02-02', 6)) AS v (n, day, affected)`);
  await migrate({ ...options, folder });
  const looks = await old.pool.query('SELECT day, affected, scan_id FROM days_now');
  expect(looks.rows).toEqual([{ day: '2026-02-01', affected: 4, scan_id: '00000000-0000-4000-8000-000000000003' }]);
  const counts = await old.pool.query('SELECT affected FROM day_counts ORDER BY as_of');
  expect(counts.rows.map((row) => row.affected)).toEqual([3, 4]);
  expect((await old.pool.query('SELECT day FROM scan_days')).rows).toEqual([{ day: '2026-02-02' }]);
  expect(
    (await listDays({ db: old }, { customerId: 'c', fromDay: '2026-02-01', toDay: '2026-02-04' })).map((one) => [
      one.day,
      one.affected,
    ]),
  ).toEqual([
    ['2026-02-01', 4],
    ['2026-02-02', 6],
  ]);
  await old.close();
});
