import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activeDaysDiff } from '@/lib/active-days/active-days-diff';
import { jobLog } from '@/lib/backfill/view/job-log';
import { listScans } from '@/lib/detection/scan/list-scans';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { createLabels } from '@/lib/embedded/demo/sql/tables';
import { instruments } from '@/lib/metrics/instruments';
import type { TestContext } from '../../support/context';
import { dayOfIncident, incidentOf, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

describe('a repair', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await workingContext();
  });
  afterAll(() => ctx?.close());

  it('turns the incident’s day from 0 Active Days to 1, verified by counting', async () => {
    const customer = await incidentOf(ctx, { conversations: 1_204 });
    const runId = await start(ctx, dayOfIncident(customer));
    const run = await reached(ctx, runId, ['verified']);
    const [item] = run.units;
    expect(item?.evidence).toMatchObject({
      conversations: 1_204,
      labelRows: 1_204,
      backedUpRows: 1_204,
      deletedRows: 1_204,
      stale: 0,
      duplicates: 0,
      missing: 0,
      lost: 0,
      agentsWrong: 0,
    });
    expect(item?.steps.map((step) => [step.step, step.status])).toEqual(
      ['check', 'snapshot', 'backup', 'delete', 'mutation', 'relabel', 'verify'].map((step) => [step, 'done']),
    );
    expect(item?.gapMs).toBeGreaterThan(0);
    expect(run.startedAtMs, 'the run begins with its first day').toBeLessThanOrEqual(item?.startedAtMs ?? 0);
    const diff = await activeDaysDiff(ctx, {
      customerId: customer.id,
      fromDay: incidentDay,
      toDay: '2026-02-11',
      runId,
    });
    expect(diff.agents.filter((agent) => agent.verdict !== 'unchanged')).toEqual([
      { agent: 'Corinne Harmon', before: 0, expected: 1, after: 1, verdict: 'fixed' },
    ]);
    expect(run.why).toMatchObject({
      origins: [
        { conversations: 17, changes: expect.arrayContaining(['re-assigned to Corinne Harmon']), wasOpen: true },
      ],
      lookedAt: 17,
      total: 17,
    });
    const log = await jobLog(ctx, { runId, itemId: item?.id ?? '', step: 'relabel' });
    expect(log).toMatchObject({ live: false, text: expect.stringContaining('1204') });
    const [scan] = await listScans(ctx, { customerId: customer.id });
    expect(scan).toMatchObject({ cause: 'after repair', fromDay: incidentDay, toDay: '2026-02-11' });
    const metrics = await instruments.registry.metrics();
    expect(metrics).toMatch(/^slc_backfill_run_seconds_count\{strategy="replace",outcome="verified"\} [1-9]/m);
    for (const { step } of item?.steps ?? [])
      expect(metrics).toMatch(
        new RegExp(`^slc_backfill_step_seconds_count\\{step="${step}",outcome="done"\\} [1-9]`, 'm'),
      );
  });

  it('verifies a day on which another customer’s label of the same conversation stays', async () => {
    const customer = await incidentOf(ctx);
    const labels = `${customer.database}.conversation_with_labels`;
    await ctx.admin.client.command({
      query: `
        INSERT INTO ${labels} SELECT * REPLACE ('somebody-else' AS customer_id)
        FROM ${labels} WHERE agent_user_id != 'Corinne Harmon' ORDER BY conversation_id LIMIT 1`,
    });
    const run = await reached(ctx, await start(ctx, dayOfIncident(customer)), ['verified']);
    expect(run.units[0]?.evidence).toMatchObject({ duplicates: 0, labelRows: 50, deletedRows: 50 });
    const { data } = await (
      await ctx.admin.client.query({ query: `SELECT count() AS n FROM ${labels} WHERE customer_id = 'somebody-else'` })
    ).json<{ n: string }>();
    expect(Number(data[0]?.n), 'the other customer’s row').toBe(1);
  });

  it('needs no delete where the label key has no mutable column, and leaves no gap', async () => {
    const customer = await incidentOf(ctx);
    const labels = `${customer.database}.conversation_with_labels`;
    const sql = (query: string) => ctx.admin.client.command({ query });
    const identifiers = {
      table: { database: customer.database, table: 'keyed' },
      key: 'conversation only',
      cluster: null,
    } as const;
    await ctx.admin.command(createLabels, { identifiers: identifiers });
    await sql(`INSERT INTO ${customer.database}.keyed SELECT * FROM ${labels}`);
    await sql(`EXCHANGE TABLES ${labels} AND ${customer.database}.keyed`);
    const run = await reached(ctx, await start(ctx, dayOfIncident(customer)), ['verified']);
    const [item] = run.units;
    expect(run.strategy).toBe('relabel-only');
    expect(item).toMatchObject({ gapMs: 0, evidence: { stale: 0, duplicates: 0, missing: 0, labelRows: 50 } });
    expect(item?.steps.map((step) => [step.step, step.status])).toEqual(
      ['check', 'snapshot', 'backup', 'relabel', 'verify'].map((step) => [step, 'done']),
    );
  });
});
