import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { askUndo, startUndo } from '@/lib/backfill/control/start-undo';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { getRun } from '@/lib/backfill/view/get-run';
import type { Customer } from '@/lib/customers/model';
import { incidentDay } from '@/lib/embedded/demo/incident';
import type { TestContext } from '../../support/context';
import { approvedUndo, dayOfIncident, incidentOf, labelRowsOf, operator, reached, start } from '../../support/repair';
import { labelerDoes, stubbedLabeler, workingContext } from '../../support/worker';

describe('an undo', () => {
  let ctx: TestContext;
  const labeler = (mode: string) => labelerDoes(ctx, mode);
  const rowsOf = (customer: Customer) => labelRowsOf(ctx, customer);
  beforeAll(async () => {
    ctx = await workingContext({ env: stubbedLabeler });
  });
  beforeEach(() => labeler(''));
  afterAll(() => ctx?.close());

  it.each<RepairStrategy>(['replace', 'no-gap'])(
    'of a run by "%s" restores every row byte for byte, as a run of its own that a second person approved',
    async (strategy) => {
      const customer = await incidentOf(ctx);
      // An inserted block that ClickHouse remembers would be dropped in silence when it comes again.
      await ctx.admin.client.command({
        query: `ALTER TABLE ${customer.database}.conversation_with_labels MODIFY SETTING non_replicated_deduplication_window = 100`,
      });
      const before = await rowsOf(customer);
      const repair = await reached(ctx, await start(ctx, dayOfIncident(customer, { strategy })), ['verified']);
      expect(await rowsOf(customer)).not.toEqual(before);
      expect(repair.units[0]).toMatchObject({ canUndo: true, undoneBy: null });

      const plan = await planUndo(ctx, { runId: repair.id, unit: incidentDay });
      expect(plan).toMatchObject({ strategy: 'undo', needsApproval: true, rowsToDelete: 50 });
      expect(plan.units[0]?.undo).toMatchObject({ rows: 50, differAfter: 17 });
      expect(plan.units[0]?.undo?.bytes).toBeGreaterThan(0);
      expect(plan.units[0]?.undo?.backedUpAtMs).toBeGreaterThan(Date.now() - 3_600_000);
      const request = { runId: repair.id, unit: incidentDay, planHash: plan.hash, reason: 'it was right before' };
      await expect(startUndo(ctx, request, operator)).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringContaining('second person'),
      });
      const undo = await reached(ctx, await approvedUndo(ctx, request), ['verified']);
      expect(await rowsOf(customer)).toEqual(before);
      expect(undo.units[0]?.evidence).toMatchObject({
        labelRows: 50,
        backupRows: 50,
        columnsCompared: 9,
        columnsDiffering: 0,
        affectedAfter: 17,
      });
      expect(undo.units[0]?.steps.map((step) => [step.step, step.status])).toEqual(
        ['check', 'snapshot', 'backup', 'delete', 'mutation', 'restore', 'verify'].map((step) => [step, 'done']),
      );
      expect(undo.units[0]?.gapMs).toBeGreaterThan(0);
      expect((await getRun(ctx, repair.id)).units[0]).toMatchObject({ undoneBy: undo.id });
      expect((await planUndo(ctx, { runId: repair.id })).units[0]?.skip).toContain('those of the backup already');
      const actions = (await listAudit(ctx, { customerId: customer.id })).map((row) => row.action);
      expect(actions).toEqual(
        expect.arrayContaining(['approval.request', 'approval.approve', 'approval.use', 'undo.start']),
      );
    },
  );

  it('closes a day that was deleted and not relabelled, and the run that left it so', async () => {
    const unlabelled = {
      id: 'never-labelled',
      profile: 'reservations',
      agent: 'Dana Whitfield',
      useCase: 'baggage-chat',
      startMs: Date.parse('2026-02-10T12:00:00Z'),
      endMs: Date.parse('2026-02-10T12:10:00Z'),
      updatedMs: Date.parse('2026-02-10T12:11:00Z'),
    };
    const customer = await incidentOf(ctx, { change: ({ rows }) => void rows.truth[1]?.push(unlabelled) });
    const before = await rowsOf(customer);
    labeler('fail');
    const runId = await start(ctx, dayOfIncident(customer));
    await reached(ctx, runId, ['needs attention']);
    expect(await rowsOf(customer)).toEqual(['']);
    const plan = await planUndo(ctx, { runId });
    expect(plan.units[0]?.undo, 'who has no label counts').toMatchObject({ differAfter: 18, missingAfter: 1 });
    const undo = await reached(ctx, await approvedUndo(ctx, { runId, planHash: plan.hash, reason: 'as it was' }), [
      'verified',
    ]);
    expect(await rowsOf(customer)).toEqual(before);
    const former = await getRun(ctx, runId);
    expect(former).toMatchObject({ status: 'closed', units: [{ status: 'cancelled', undoneBy: undo.id }] });
    expect(former.units[0]?.gapMs, 'the gap ended with the undo').toBeGreaterThan(0);
    expect((await getRun(ctx, runId)).units[0]?.gapMs).toBe(former.units[0]?.gapMs);
  });

  it('is refused when the labels changed since the preview, while the run is at work, and without a backup', async () => {
    const customer = await incidentOf(ctx);
    const runId = await start(ctx, dayOfIncident(customer));
    await expect(planUndo(ctx, { runId })).rejects.toMatchObject({ code: expect.stringMatching(/conflict|not_found/) });
    await reached(ctx, runId, ['verified']);
    const plan = await planUndo(ctx, { runId });
    const labels = `${customer.database}.conversation_with_labels`;
    await ctx.admin.client.command({
      query: `INSERT INTO ${labels} SELECT * REPLACE ('new' AS conversation_id) FROM ${labels} LIMIT 1`,
    });
    const request = { runId, planHash: plan.hash, reason: 'too late' };
    await expect(askUndo(ctx, request, operator)).rejects.toThrow(/51 label rows now; 50 were planned/);
    await ctx.admin.client.command({
      query: `TRUNCATE TABLE ${labels}_slc_backup`,
    });
    expect((await planUndo(ctx, { runId })).units[0]?.skip).toContain('dropped');
  });
});
