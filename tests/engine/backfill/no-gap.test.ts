import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countActiveDays } from '@/lib/active-days/count-active-days';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { askApproval } from '@/lib/backfill/control/ask-approval';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { tooManyRows } from '@/lib/backfill/repair/rows-bound';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { selectItems, selectWork } from '@/lib/backfill/state/sql/items';
import { jobLog } from '@/lib/backfill/view/job-log';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { incidentDay, reassignedTo } from '@/lib/embedded/demo/incident';
import { tagIn } from '@/lib/label-store/model';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, labelRowsOf, operator, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

const noGap = (customer: Customer) => dayOfIncident(customer, { strategy: 'no-gap' });
const scope = (customer: Customer) => scopeOf(customer, incidentDay, '2026-02-11');

/**
 * Polls Active Days per agent until `stop` is called. Returns the fewest and most that it saw of each, and how often
 * it looked.
 */
function watch(ctx: TestContext, customer: Customer) {
  const fewest = new Map<string, number>();
  let looks = 0;
  let over = false;
  const agents = async (source: 'labels' | 'truth') => countActiveDays(ctx, { scope: scope(customer), source });
  const polling = (async () => {
    while (!over) {
      const seen = await agents('labels');
      looks += 1;
      for (const agent of new Set([...seen.keys(), ...fewest.keys()]))
        fewest.set(agent, Math.min(fewest.get(agent) ?? seen.get(agent) ?? 0, seen.get(agent) ?? 0));
    }
  })();
  return {
    agents,
    async end() {
      over = true;
      await polling;
      return { fewest, looks };
    },
  };
}

describe('a repair without a gap', () => {
  let ctx: TestContext;
  const query = async <Row>(sql: string) =>
    (await ctx.admin.client.query({ query: sql, format: 'JSONEachRow' })).json<Row>();
  beforeAll(async () => {
    ctx = await workingContext();
  });
  afterAll(() => ctx?.close());

  it('deletes exactly the wrong rows, after the right ones were written and proven', async () => {
    const customer = await incidentOf(ctx, { conversations: 120 });
    const plan = await planBackfill(ctx, noGap(customer));
    expect(plan).toMatchObject({ strategy: 'no-gap', rowsToDelete: 17, units: [{ labelRows: 120, rowsToDelete: 17 }] });
    const run = await reached(ctx, await start(ctx, noGap(customer)), ['verified']);
    const [item] = run.units;
    expect(item?.steps.map((step) => [step.step, step.status])).toEqual(
      ['check', 'snapshot', 'backup', 'relabel', 'prove', 'delete', 'mutation', 'verify'].map((step) => [step, 'done']),
    );
    expect(item?.evidence).toMatchObject({
      wrongRows: 17,
      deletedRows: 17,
      labelRows: 120,
      stale: 0,
      duplicates: 0,
      lost: 0,
    });
    expect([item?.gapMs, run.gapMs], 'the gap').toEqual([0, 0]);
    const { labels } = await readTables(ctx, customer);
    const mutations = await query<{ command: string }>(
      `SELECT command FROM system.mutations WHERE database = '${customer.database}' AND table = '${labels.local.table}'`,
    );
    expect(mutations).toHaveLength(1);
    const command = mutations[0]?.command ?? '';
    expect(tagIn(command)).toMatchObject({ runId: run.id, unit: incidentDay });
    for (const part of ['customer_id =', 'profile_id IN', 'conversation_start_time >=', 'conversation_start_time <'])
      expect(command).toContain(part);
    const { text } = await jobLog(ctx, { runId: run.id, itemId: item?.id ?? '', step: 'delete' });
    expect(text).toContain(`Submitting the delete as a mutation of ${labels.local.table}`);
  });

  it('never shows an agent fewer Active Days than it should, as a reader sees that polls during the run', async () => {
    const customer = await incidentOf(ctx, { conversations: 400 });
    const reader = watch(ctx, customer);
    const before = await reader.agents('labels');
    const expected = await reader.agents('truth');
    const run = await reached(ctx, await start(ctx, noGap(customer)), ['verified']);
    const { fewest, looks } = await reader.end();
    expect(looks).toBeGreaterThan(20);
    const should = (agent: string) => Math.min(before.get(agent) ?? 0, expected.get(agent) ?? 0);
    expect([...expected.keys()].filter((agent) => (fewest.get(agent) ?? 0) < should(agent))).toEqual([]);
    expect(run.units[0]?.gapMs).toBe(0);
  });

  it('is seen to be worth it: the same reader sees agents without their day while "replace" runs', async () => {
    const customer = await incidentOf(ctx);
    const reader = watch(ctx, customer);
    const expected = await reader.agents('truth');
    const run = await reached(ctx, await start(ctx, dayOfIncident(customer)), ['verified']);
    const { fewest } = await reader.end();
    expect([...expected.keys()].some((agent) => fewest.get(agent) === 0)).toBe(true);
    expect(run.units[0]?.gapMs).toBeGreaterThan(0);
  });

  it('leaves orphans, says so before, and deletes by key whatever the ids hold', async () => {
    const odd = ["a'b", 'a/b', 'a\\b', 'ä😀\u202e', '=cmd()', '-', 'x'.repeat(10_000)];
    const ids = new Map<string, string>();
    const customer = await incidentOf(ctx, {
      change: ({ rows }) => {
        for (const row of [...rows.truth, ...rows.labels].flat()) {
          if (!ids.has(row.id) && row.agent === 'Corinne Harmon') ids.set(row.id, odd[ids.size] ?? row.id);
        }
        for (const row of [...rows.truth, ...rows.labels].flat()) row.id = ids.get(row.id) ?? row.id;
      },
    });
    expect([...ids.values()], 'the wrong conversations').toEqual(expect.arrayContaining(odd));
    const labels = `${customer.database}.conversation_with_labels`;
    await ctx.admin.client.command({
      query: `INSERT INTO ${labels} SELECT * REPLACE ('no-truth' AS conversation_id, agent AS agent_user_id) FROM ${labels}
        ARRAY JOIN ['Anna', 'Bert'] AS agent LIMIT 2`,
    });
    const plan = await planBackfill(ctx, noGap(customer));
    expect(plan.checks.find((check) => check.id === 'orphans')).toMatchObject({
      verdict: 'unknown',
      numbers: { orphans: 1 },
    });
    const run = await reached(ctx, await start(ctx, noGap(customer), ['orphans']), ['verified']);
    expect(run.units[0]?.evidence).toMatchObject({ deletedRows: 17, duplicates: 0, stale: 0, labelRows: 52 });
    expect(run.units[0]?.evidence).toMatchObject({ orphans: 1, duplicatesLeft: 1, affectedAfter: 1 });
    expect(run.units[0]?.steps[0]?.sentence).toMatch(/^\d+ pre-checks hold, 1 unknown, confirmed by olga/);
    expect(run.result).toContain('1 orphan stays, as confirmed by olga (1 with more than one row)');
    const { days } = await classifyScope(ctx, scope(customer), { tables: await readTables(ctx, customer) });
    expect(days[0]).toMatchObject({ conversations: 50, affected: 1, orphans: 1 });
  });
});

describe('a repair without a gap that nobody approved', () => {
  const query = (ctx: TestContext, sql: string) => ctx.admin.client.query({ query: sql, format: 'JSONEachRow' });

  it.each([
    { rowsMax: 26, end: 'needs attention', deletes: 0 },
    { rowsMax: 27, end: 'verified', deletes: 1 },
  ] as const)('ends as $end where 27 rows are wrong, 17 were planned and $rowsMax may go', async (limit) => {
    const ctx = await testContext({ process: 'worker', env: { SLC_APPROVAL_ROWS: String(limit.rowsMax) } });
    const stop = new AbortController();
    try {
      const customer = await incidentOf(ctx);
      const runId = await start(ctx, noGap(customer));
      await reassign(ctx, customer, 10);
      await workBackfills(ctx, stop.signal);
      const run = await reached(ctx, runId, [limit.end]);
      const mutations = await query(ctx, `SELECT 1 FROM system.mutations WHERE database = '${customer.database}'`);
      expect(await mutations.json()).toHaveLength(limit.deletes);
      if (limit.end === 'verified') return expect(run.units[0]?.evidence).toMatchObject({ deletedRows: 27 });
      expect(run.units[0]?.failure).toContain(
        '27 rows are wrong now, 17 rows were planned; so many are deleted only after a second person’s approval. Close this run',
      );
      expect(await labelRowsOf(ctx, customer)).toHaveLength(50);
    } finally {
      stop.abort(new Error('the test is over'));
      await ctx.close();
    }
  });

  it('may delete no more than was approved', async () => {
    const ctx = await testContext({ process: 'worker', env: { SLC_APPROVAL_ROWS: '1' } });
    try {
      const customer = await incidentOf(ctx);
      const plan = await planBackfill(ctx, noGap(customer));
      const request = { ...noGap(customer), planHash: plan.hash, reason: 'test' };
      const { approvalId } = await askApproval(ctx, request, operator);
      const decision = { approvalId, planHash: plan.hash, decision: 'approve', reason: 'looked at it' } as const;
      await decideApproval(ctx, decision, { ...operator, name: 'anna', via: 'web', role: 'approver' });
      const { runId } = await startBackfill(ctx, request, operator);
      const [item] = await ctx.db.query(selectItems, { runId });
      const [row] = await ctx.db.query(selectWork, { itemId: item?.id ?? '' });
      if (!row) throw new Error('the run has no unit');
      expect(await tooManyRows(ctx, row, 17)).toBeNull();
      expect(await tooManyRows(ctx, row, 18)).toBe(
        '18 rows are wrong now, 17 rows were planned; with the other units of the run that is more than the 17 label rows that were approved.',
      );
    } finally {
      await ctx.close();
    }
  });

  /** Gives as many rightly labelled chats to another agent, as truth and chats say from now on. */
  async function reassign(ctx: TestContext, { database }: Customer, chats: number) {
    const found = await query(
      ctx,
      `SELECT conversation_id FROM ${database}.conversation FINAL WHERE agent_user_id != '${reassignedTo}' LIMIT ${chats}`,
    );
    const ids = (await found.json<{ conversation_id: string }>()).map((row) => row.conversation_id);
    await ctx.admin.client.command({
      query: `INSERT INTO ${database}.conversation SELECT * REPLACE ('Somebody else' AS agent_user_id,
        update_time + INTERVAL 1 SECOND AS update_time) FROM ${database}.conversation FINAL
        WHERE conversation_id IN {ids:Array(String)}`,
      query_params: { ids },
    });
    await ctx.chats.pool.query(`UPDATE chats SET agent_user_id = 'Somebody else' WHERE id = ANY ($1)`, [ids]);
  }
});

describe('a labeler that selects by the end of a chat', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await workingContext({ env: { SLC_LABELER_RANGE_COLUMN: 'ended_at' } });
  });
  afterAll(() => ctx?.close());

  it('is offered no-gap alone, which repairs every conversation of the day whenever it ended', async () => {
    const customer = await incidentOf(ctx);
    const replace = await planBackfill(ctx, dayOfIncident(customer));
    expect(replace.offers?.filter((offer) => offer.possible).map((offer) => offer.strategy)).toEqual(['no-gap']);
    expect(replace.checks.find((check) => check.id === 'range-column')?.verdict).toBe('fail');
    await expect(start(ctx, dayOfIncident(customer))).rejects.toMatchObject({ code: 'refused' });
    const run = await reached(ctx, await start(ctx, noGap(customer)), ['verified']);
    expect(run.units[0]).toMatchObject({
      gapMs: 0,
      evidence: { deletedRows: 17, stale: 0, duplicates: 0, missing: 0 },
    });
  });
});
