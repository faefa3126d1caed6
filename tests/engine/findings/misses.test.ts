import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { addCustomer } from '@/lib/customers/add-customer';
import { findingsRevision, listFindings } from '@/lib/findings/list-findings';
import { acknowledgeMiss } from '@/lib/findings/misses/acknowledge-miss';
import { getMiss } from '@/lib/findings/misses/list-misses';
import { selectMisses } from '@/lib/findings/misses/sql';
import { valuesOf } from '@/lib/postgres/statement';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { audited, looked, recordLooks } from '@/tests/support/looks';
import { operator } from '@/tests/support/repair';

const at = Date.parse('2026-02-12T02:00:00Z');
const night = 86_400_000;
const [first, second] = ['2026-02-09', '2026-02-10'] as const;

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => at + 5 * night } });
  const database = await freshDatabase();
  for (const id of ['acme', 'bolt'])
    await addCustomer(ctx, { id, displayName: id, profiles: ['p1'], timeZone: 'UTC', database }, operator);
  // NOTE: `recordLooks` records as this scan.
  await ctx.db.pool.query(`
    INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, kind)
    VALUES ('11111111-1111-4111-8111-111111111111', 'acme', '2026-02-01', '2026-02-12', 'schedule', 'tests', 'succeeded',
      'changes')`);
});
beforeEach(() =>
  ctx.db.pool.query(
    'DELETE FROM misses; DELETE FROM findings; DELETE FROM day_looks; DELETE FROM day_counts; DELETE FROM notification_cases',
  ),
);
afterAll(() => ctx.close());

const share = (affected: number) => ({ affected, stale: affected, duplicates: 0 });

/** The increments recorded 7 and 2 wrong conversations, and a full scan of the night after counts so many. */
async function missed(found: [number, number], customerId = 'acme', atMs = at): Promise<void> {
  const recorded = [looked(first, atMs - 1_000, 7), looked(second, atMs - 1_000, 2)];
  await recordLooks(ctx, customerId, recorded);
  const [ofFirst, ofSecond] = found;
  await audited(ctx, customerId, [looked(first, atMs + 1_000, ofFirst), looked(second, atMs + 1_000, ofSecond)], atMs);
}
const list = async (query: Parameters<typeof listFindings>[1] = {}) => (await listFindings(ctx, query)).misses;
const kindIs = (kind: string) => ctx.db.pool.query('UPDATE scans SET kind = $1', [kind]);
const cases = async () =>
  (
    await ctx.db.pool.query(
      "SELECT path, resolution, affected FROM notification_cases WHERE event = 'increment missed'",
    )
  ).rows;

describe('what increments missed', () => {
  it('is in the list of findings, of which it is none, with what was recorded and what was counted', async () => {
    await missed([10, 2]);
    const { misses, counts, total } = await listFindings(ctx);
    expect(misses).toMatchObject({
      open: 1,
      all: 1,
      rows: [{ customerId: 'acme', atMs: at, missed: 3, days: [first] }],
    });
    expect([total, counts.new + counts.ongoing]).toEqual([2, 2]);
    const miss = await getMiss(ctx, { missId: misses.rows[0]?.id ?? '' });
    expect(miss).toMatchObject({ state: 'open', daysOpen: 1, acknowledgedBy: null });
    expect(miss.counts).toMatchObject([
      {
        day: first,
        missed: 3,
        recorded: { affected: 7, flags: { wrongAgent: 7 } },
        found: { affected: 10, flags: { wrongAgent: 10 } },
        shares: [{ of: 'agent', key: 'a', recorded: share(7), found: share(10) }],
        cleanAtMs: null,
      },
    ]);
    expect(await cases()).toEqual([{ path: `/findings/misses/${miss.id}`, resolution: null, affected: 3 }]);
  });

  it('is over once audits agreed with scans of changes on each of its days, and people hear of that', async () => {
    await missed([10, 3]);
    const revision = await findingsRevision(ctx);
    await audited(ctx, 'acme', [looked(first, at + night / 2, 10), looked(second, at + night / 2, 3)], at + night / 2);
    await kindIs('full');
    await recordLooks(ctx, 'acme', [looked(first, at + night - 3, 10)]);
    await audited(ctx, 'acme', [looked(first, at + night - 2, 10)], at + night - 2);
    expect(await list(), 'a full scan that agrees with a full scan shows nothing').toMatchObject({
      rows: [{ state: 'open', daysOpen: 2 }],
    });
    await kindIs('changes');
    await recordLooks(ctx, 'acme', [looked(first, at + night - 1, 10)]);
    await audited(ctx, 'acme', [looked(first, at + night, 10)], at + night);
    expect(await list()).toMatchObject({ open: 1, rows: [{ state: 'open', daysOpen: 1, days: [first, second] }] });
    await audited(ctx, 'acme', [looked(second, at + 2 * night, 4)], at + 2 * night);
    expect(await list(), 'a day that differs again is another miss').toMatchObject({ open: 2 });
    await recordLooks(ctx, 'acme', [looked(second, at + 3 * night - 1, 4)]);
    await audited(ctx, 'acme', [looked(second, at + 3 * night, 4)], at + 3 * night);
    expect(await list()).toEqual({ rows: [], open: 0, all: 2 });
    expect((await list({ misses: 'all' })).rows).toMatchObject([
      { state: 'clean since', endedAtMs: at + 3 * night, daysOpen: 0 },
      { state: 'clean since', endedAtMs: at + 3 * night, daysOpen: 0 },
    ]);
    expect((await cases()).map(({ resolution }) => resolution)).toEqual(
      Array(2).fill('Scans of changes recorded its days again, and later full scans counted the same.'),
    );
    expect(await findingsRevision(ctx)).not.toBe(revision);
  });

  it('is over when somebody says what it was, once, which the audit has', async () => {
    await missed([10, 2]);
    const [miss] = (await list()).rows;
    const missId = miss?.id ?? '';
    const revision = await findingsRevision(ctx);
    await acknowledgeMiss(ctx, { missId, note: 'copied in by hand' }, operator);
    expect(await findingsRevision(ctx), 'polls see it').not.toBe(revision);
    expect(await getMiss(ctx, { missId })).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: operator.name,
      note: 'copied in by hand',
      endedAtMs: at + 5 * night,
    });
    const [row] = await listAudit(ctx, { action: 'miss.acknowledge' });
    expect(row).toMatchObject({ customerId: 'acme', fromDay: first, toDay: second, reason: 'copied in by hand' });
    expect((await cases())[0].resolution).toBe(`${operator.name} acknowledged it: copied in by hand`);
    await expect(acknowledgeMiss(ctx, { missId, note: 'again' }, operator)).rejects.toMatchObject({ code: 'conflict' });
    await recordLooks(ctx, 'acme', [looked(first, at + night - 1, 10)]);
    await audited(ctx, 'acme', [looked(first, at + night, 10)], at + night, { fromDay: second, toDay: '2026-02-20' });
    expect(await getMiss(ctx, { missId })).toMatchObject({ state: 'acknowledged', daysOpen: 0 });
  });

  it('ends as not compared any more once no day that is left is watched', async () => {
    await missed([10, 3]);
    await missed([10, 2], 'bolt');
    const on = (fromDay: string, atMs: number) =>
      audited(ctx, 'acme', [looked(second, atMs, 3)], atMs, { fromDay, toDay: '2026-02-20' });
    await on(second, at + night);
    expect(await list()).toMatchObject({ open: 2 });
    await on('2026-02-11', at + 2 * night);
    expect((await list({ misses: 'all' })).rows).toMatchObject([
      { customerId: 'bolt', state: 'open' },
      { customerId: 'acme', state: 'not compared any more', endedAtMs: at + 2 * night, daysOpen: 2 },
    ]);
    expect((await cases()).map(({ resolution }) => resolution).sort()).toEqual([
      'Its days are not watched any more, so no full scan compares them again.',
      null,
    ]);
  });

  it('is read with the days of those alone that are shown', async () => {
    await ctx.db.pool.query(`
      WITH made AS (
        INSERT INTO misses (id, customer_id, scan_id, found_at, missed)
        SELECT gen_random_uuid(), 'acme', gen_random_uuid(), now() - n * interval '1 day', 1
        FROM generate_series(1, 200) n
        RETURNING id)
      INSERT INTO miss_days (miss_id, day, missed, recorded, found, shares)
      SELECT id, '2026-02-01', 1, '{}', '{}', '[]' FROM made`);
    const given = { customerId: null, day: null, search: null, openOnly: true, rowsMax: 10 };
    const { rows } = await ctx.db.pool.query(
      `EXPLAIN (ANALYZE, FORMAT TEXT) ${selectMisses.text}`,
      valuesOf(selectMisses, given),
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Aggregate .*loops=10\)/);
  });

  it('is found by customer, day and text, and there is none of an id that nobody has', async () => {
    await missed([10, 2]);
    await missed([7, 4], 'bolt');
    expect((await list({ customerId: 'bolt' })).rows).toMatchObject([{ customerId: 'bolt', days: [second] }]);
    expect((await list({ day: first })).rows).toMatchObject([{ customerId: 'acme' }]);
    expect(await list({ search: 'BOL' })).toMatchObject({ open: 1, all: 1 });
    await expect(getMiss(ctx, { missId: randomUUID() })).rejects.toMatchObject({ code: 'not_found' });
  });
});
