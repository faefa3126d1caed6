import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { addCustomer } from '@/lib/customers/add-customer';
import { findingsRevision, listFindings } from '@/lib/findings/list-findings';
import { acknowledgeMiss } from '@/lib/findings/misses/acknowledge-miss';
import { getMiss } from '@/lib/findings/misses/list-misses';
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
});
beforeEach(() =>
  ctx.db.pool.query(
    'DELETE FROM misses; DELETE FROM findings; DELETE FROM day_looks; DELETE FROM day_counts; DELETE FROM notification_cases',
  ),
);
afterAll(() => ctx.close());

/** The increments recorded 7 and 2 wrong conversations, and a full scan of the night after counts so many. */
async function missed(found: [number, number], customerId = 'acme', atMs = at): Promise<void> {
  const recorded = [looked(first, atMs - 1_000, 7), looked(second, atMs - 1_000, 2)];
  await recordLooks(ctx, customerId, recorded);
  const [ofFirst, ofSecond] = found;
  await audited(ctx, customerId, [looked(first, atMs + 1_000, ofFirst), looked(second, atMs + 1_000, ofSecond)], atMs);
}
const list = async (query: Parameters<typeof listFindings>[1] = {}) => (await listFindings(ctx, query)).misses;
const cases = async () =>
  (await ctx.db.pool.query("SELECT path, resolution FROM notification_cases WHERE event = 'increment missed'")).rows;

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
        shares: [{ of: 'agent', key: 'a', recorded: 7, found: 10 }],
        cleanAtMs: null,
      },
    ]);
    expect(await cases()).toEqual([{ path: `/findings/misses/${miss.id}`, resolution: null }]);
  });

  it('is over once later audits counted each of its days as recorded, and people hear of that', async () => {
    await missed([10, 3]);
    const revision = await findingsRevision(ctx);
    await audited(ctx, 'acme', [looked(first, at + night, 10)], at + night);
    expect(await list()).toMatchObject({ open: 1, rows: [{ state: 'open', daysOpen: 1, days: [first, second] }] });
    await audited(ctx, 'acme', [looked(second, at + 2 * night, 4)], at + 2 * night);
    expect(await list(), 'a day that differs again is another miss').toMatchObject({ open: 2 });
    await audited(ctx, 'acme', [looked(second, at + 3 * night, 4)], at + 3 * night);
    expect(await list()).toEqual({ rows: [], open: 0, all: 2 });
    expect((await list({ misses: 'all' })).rows).toMatchObject([
      { state: 'clean since', endedAtMs: at + 3 * night, daysOpen: 0 },
      { state: 'clean since', endedAtMs: at + 3 * night, daysOpen: 0 },
    ]);
    expect((await cases()).map(({ resolution }) => resolution)).toEqual(
      Array(2).fill('A later full scan counted the days as they were recorded.'),
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
    await audited(ctx, 'acme', [looked(first, at + night, 10)], at + night);
    expect(await getMiss(ctx, { missId })).toMatchObject({ state: 'acknowledged', daysOpen: 0 });
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
