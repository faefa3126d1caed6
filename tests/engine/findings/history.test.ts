import { copyFileSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { eachFlag } from '@/lib/detection/flags';
import { type DayResult, sumCounts } from '@/lib/detection/model';
import { listDays } from '@/lib/detection/view/list-days';
import { overview } from '@/lib/detection/view/overview';
import { recordDays } from '@/lib/findings/history/record-days';
import { connectPostgres } from '@/lib/postgres/client';
import { isMigration, migrate } from '@/lib/postgres/migrate';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase, freshPostgres, testLog } from '@/tests/support/fresh';

const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const scanId = '11111111-1111-4111-8111-111111111111';
const day = '2026-02-10';
const at = Date.parse('2026-02-12T00:00:00Z');

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
  const customer = { displayName: 'Acme', profiles: ['p1'], timeZone: 'UTC' };
  await addCustomer(ctx, { ...customer, id: 'acme', database: await freshDatabase() }, actor);
});
afterAll(() => ctx.close());

const look = (asOfMs: number, stale: number, more: Partial<DayResult> = {}): DayResult => ({
  ...sumCounts([]),
  conversations: 100,
  affected: stale,
  stale,
  flags: { ...eachFlag(() => 0), wrongAgent: stale },
  day,
  asOfMs,
  atLeast: false,
  byAgent: stale > 0 ? [{ key: 'a', affected: stale, stale, duplicates: 0 }] : [],
  byUseCase: [],
  ...more,
});
const record = (...days: DayResult[]) =>
  ctx.db.transaction((tx) => recordDays(tx, { scanId, customerId: 'acme', cause: 'schedule', days }));
const rows = async (table: string) =>
  (await ctx.db.pool.query(`SELECT * FROM ${table} WHERE customer_id = 'acme' ORDER BY day, as_of`)).rows;
const history = async () => (await rows('day_counts')).map((row) => [row.as_of.getTime(), row.affected]);
const shown = async () => (await listDays(ctx, { customerId: 'acme', fromDay: day, toDay: '2026-02-11' }))[0];

describe('the history of a day', () => {
  it('has a row for each change of what is wrong, and none for a look that finds the same', async () => {
    await record(look(at, 7));
    const [first] = await rows('day_looks');
    await record(look(at + 1_000, 7));
    expect(await history()).toEqual([[at, 7]]);
    const [second] = await rows('day_looks');
    expect(second).toMatchObject({ revision: first.revision, changed_at: new Date(at), as_of: new Date(at + 1_000) });
    await record(look(at + 2_000, 9));
    await record(look(at + 3_000, 0));
    expect(await history()).toEqual([
      [at, 7],
      [at + 2_000, 9],
      [at + 3_000, 0],
    ]);
    expect((await rows('day_looks'))[0].revision).toBeGreaterThan(second.revision);
    expect(await shown()).toEqual(look(at + 3_000, 0));
  });

  it('keeps the conversations of the last look where only these grow', async () => {
    await record(look(at + 4_000, 0, { conversations: 130, settling: 2 }));
    expect((await rows('day_counts')).map((row) => [row.conversations, row.settling])).toEqual([
      [100, 0],
      [100, 0],
      [130, 2],
    ]);
    expect(await shown()).toMatchObject({ conversations: 130, settling: 2, asOfMs: at + 4_000 });
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
    expect((await overview(ctx))[0]).toMatchObject({ newestDay: day, countedAtMs: at + 9_000 });
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
