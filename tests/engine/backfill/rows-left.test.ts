import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlRun } from '@/lib/backfill/control/control-run';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import type { ControlRun } from '@/lib/backfill/state/command-model';
import { getRun } from '@/lib/backfill/view/get-run';
import type { Customer } from '@/lib/customers/model';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, operator, reached, start } from '../../support/repair';
import { until } from '../../support/until';

describe('a delete that is over and left rows', () => {
  let ctx: TestContext;
  const stop = new AbortController();
  const labels = (customer: Customer) => `${customer.database}.conversation_with_labels`;
  const sql = (query: string) => ctx.admin.client.command({ query });
  const control = (runId: string, what: ControlRun['control']) =>
    controlRun(ctx, { runId, control: what, reason: 'a test asks for it' }, operator);

  /** Starts the incident's repair and returns while its mutation is held. */
  async function heldMutation(): Promise<{ customer: Customer; runId: string }> {
    const customer = await incidentOf(ctx);
    await sql(`SYSTEM STOP MERGES ${labels(customer)}`);
    const runId = await start(ctx, dayOfIncident(customer));
    await until(
      'the mutation is waited for',
      async () => (await getRun(ctx, runId)).units[0]?.status === 'waiting for mutation',
      { everyMs: 100 },
    );
    return { customer, runId };
  }

  beforeAll(async () => {
    ctx = await testContext({ process: 'worker' });
    await workBackfills(ctx, stop.signal);
  });
  afterAll(async () => {
    stop.abort(new Error('the test is over'));
    await ctx?.close();
  });

  it('is submitted anew by a retry when it was killed', async () => {
    const { customer, runId } = await heldMutation();
    await sql(`KILL MUTATION WHERE database = '${customer.database}' AND table = 'conversation_with_labels'`);
    const stopped = await reached(ctx, runId, ['needs attention']);
    expect(stopped.units[0]?.failure).toContain('50 label rows of 50 are left');
    await sql(`SYSTEM START MERGES ${labels(customer)}`);
    await control(runId, 'retry');
    const run = await reached(ctx, runId, ['verified']);
    expect(run.units[0]).toMatchObject({ attempt: 2, evidence: { deletedRows: 50, labelRows: 50 } });
  });

  it('is submitted anew by a retry when a row of the backup was written again while it ran', async () => {
    const { customer, runId } = await heldMutation();
    await sql(`INSERT INTO ${labels(customer)} SELECT * FROM ${labels(customer)} ORDER BY conversation_id LIMIT 1`);
    await sql(`SYSTEM START MERGES ${labels(customer)}`);
    await reached(ctx, runId, ['needs attention']);
    await control(runId, 'retry');
    await reached(ctx, runId, ['verified']);
  });

  it('keeps a row that was written while it ran and that no backup holds', async () => {
    const { customer, runId } = await heldMutation();
    const late = randomUUID();
    await sql(`INSERT INTO ${labels(customer)} VALUES ('${late}', '${customer.id}', 'reservations',
      'Grace Ito', 'baggage-chat', '2026-02-10 10:00:00', '2026-02-10 10:10:00', 1, '2026-02-10 10:11:00')`);
    await sql(`SYSTEM START MERGES ${labels(customer)}`);
    const left = await reached(ctx, runId, ['needs attention']);
    expect(left.units[0]?.failure).toContain(
      '1 label row is in the unit: written after the backup or while it ran, and not deleted',
    );
    await control(runId, 'retry');
    const refused = await until(
      'the retry refused',
      async () => {
        const run = await getRun(ctx, runId);
        return run.units[0]?.failure?.includes('written after the backup') ? run : null;
      },
      { everyMs: 100 },
    );
    expect(refused.controls).toEqual(['resume', 'retry', 'relabel only']);
    await control(runId, 'relabel only');
    await reached(ctx, runId, ['verified']);
    const kept = await ctx.admin.client.query({
      query: `SELECT count() AS rows FROM ${labels(customer)} WHERE conversation_id = '${late}'`,
      format: 'JSONEachRow',
    });
    expect(await kept.json()).toEqual([{ rows: 1 }]);
  });
});
