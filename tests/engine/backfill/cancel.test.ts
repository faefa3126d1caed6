import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { controlRun } from '@/lib/backfill/control/control-run';
import { stayRun } from '@/lib/backfill/control/stay-run';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { lookAtStopped } from '@/lib/backfill/repair/work-gaps';
import type { ControlRun, StayRun } from '@/lib/backfill/state/command-model';
import type { RunView } from '@/lib/backfill/state/model';
import { getRun } from '@/lib/backfill/view/get-run';
import { listRuns } from '@/lib/backfill/view/list-runs';
import type { Customer } from '@/lib/customers/model';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, labelRowsOf, operator, reached, start } from '../../support/repair';
import { until } from '../../support/until';
import { labelerDoes, stubbedLabeler } from '../../support/worker';

const second = { ...operator, name: 'anna' };

describe('a run that somebody looks at how to cancel', () => {
  let ctx: TestContext;
  let worker = new AbortController();
  const work = async () => {
    worker = new AbortController();
    await workBackfills(ctx, worker.signal);
  };
  const stay = (runId: string, what: StayRun['stay'], who = operator) => stayRun(ctx, { runId, stay: what }, who);
  const control = (run: RunView, what: ControlRun['control']) =>
    controlRun(
      ctx,
      { runId: run.id, control: what, seen: run.offers.find((one) => one.control === what)?.seen },
      operator,
    );
  const merges = ({ database }: Customer, what: 'STOP' | 'START') =>
    ctx.admin.client.command({ query: `SYSTEM ${what} MERGES ${database}.conversation_with_labels` });
  const stands = (runId: string, status: string) =>
    until(
      `the day is "${status}"`,
      async () => {
        const run = await getRun(ctx, runId);
        return run.units[0]?.status === status ? run : null;
      },
      { everyMs: 100 },
    );
  const stepOf = (run: RunView, step: string) => run.units[0]?.steps.find((one) => one.step === step);
  const stayedBeforeDelete = (runId: string) =>
    until(
      'the day is stayed before its delete',
      async () => {
        await stay(runId, 'keep');
        const run = await getRun(ctx, runId);
        return run.units[0]?.status === 'deleting' ? run : null;
      },
      { everyMs: 100 },
    );
  const begun = async (request?: Parameters<typeof dayOfIncident>[1]) => {
    const customer = await incidentOf(ctx);
    return {
      customer,
      before: await labelRowsOf(ctx, customer),
      runId: await start(ctx, dayOfIncident(customer, request)),
    };
  };

  beforeAll(async () => {
    ctx = await testContext({ process: 'worker', env: stubbedLabeler });
    await work();
  });
  beforeEach(() => labelerDoes(ctx, ''));
  afterAll(async () => {
    worker.abort(new Error('the test is over'));
    await ctx?.close();
  });

  it('deletes nothing while it is stayed, says so to everybody, and goes on when it is let go', async () => {
    const { customer, before, runId } = await begun();
    expect(await stay(runId, 'take')).toEqual({ stayed: true });
    const run = await stayedBeforeDelete(runId);
    expect(run.stay).toMatchObject({ by: 'olga' });
    expect(stepOf(run, 'delete')).toMatchObject({ status: 'waiting', jobName: null });
    expect(await labelRowsOf(ctx, customer)).toEqual(before);
    expect(await stay(runId, 'take', second)).toEqual({ stayed: false });
    await stay(runId, 'release', second);
    expect((await getRun(ctx, runId)).stay).not.toBeNull();
    await stay(runId, 'release');
    const ended = await reached(ctx, runId, ['verified']);
    expect(ended.events.filter(({ kind }) => kind === 'stayed')).toHaveLength(1);
  });

  it('goes on by itself when the browser that stays it is gone, and is never stayed for more than a minute', async () => {
    const { runId } = await begun();
    await stay(runId, 'take');
    const { stay: stayed } = await getRun(ctx, runId);
    expect(stayed?.untilMs).toBeLessThanOrEqual(Date.now() + 61_000);
    await expect(
      ctx.db.pool.query("UPDATE backfill_runs SET held_until = held_from + interval '61 seconds' WHERE id = $1", [
        runId,
      ]),
    ).rejects.toThrow('backfill_runs_held_briefly');
    await reached(ctx, runId, ['verified'], 60_000);
  });

  it('ends with every label in place when it is cancelled before its delete, without a reason', async () => {
    const { customer, before, runId } = await begun();
    await stay(runId, 'take');
    const run = await stayedBeforeDelete(runId);
    expect(run.offers.map(({ verb }) => verb)).toEqual(['Stop before “Delete”', 'Finish 10 Feb, then stop', 'Pause']);
    await control(run, 'cancel after step');
    const ended = await reached(ctx, runId, ['cancelled']);
    expect(ended.units[0]).toMatchObject({ status: 'cancelled', gapMs: null });
    expect(stepOf(ended, 'delete')).toMatchObject({ jobName: null });
    expect(await labelRowsOf(ctx, customer)).toEqual(before);
    expect(await listAudit(ctx, { customerId: customer.id })).toContainEqual(
      expect.objectContaining({ action: 'backfill.cancel-after-step', actor: 'olga', result: 'done' }),
    );
  });

  it('refuses a cancel that would end otherwise by now, and goes on', async () => {
    const { customer, runId } = await begun();
    await stay(runId, 'take');
    const run = await stayedBeforeDelete(runId);
    await merges(customer, 'STOP');
    await stay(runId, 'release');
    const moved = await stands(runId, 'waiting for mutation');
    expect(moved.controls).toEqual(['cancel after day', 'cancel after delete', 'pause']);
    await expect(control(run, 'cancel after step')).rejects.toMatchObject({ code: 'conflict' });
    await merges(customer, 'START');
    await reached(ctx, runId, ['verified']);
  });

  it('stops between delete and relabel only when that was asked for, says that nothing is left, and resumes', async () => {
    const { customer, runId } = await begun();
    await stay(runId, 'take');
    await stayedBeforeDelete(runId);
    await merges(customer, 'STOP');
    await stay(runId, 'release');
    await control(await stands(runId, 'waiting for mutation'), 'cancel after delete');
    await merges(customer, 'START');
    const stopped = await reached(ctx, runId, ['needs attention']);
    expect(stopped.situation).toBe('50 label rows of 10 Feb are deleted; people see 0.');
    expect(stopped.next).toBe(`${stopped.situation} Next step: “Write the labels of 10 Feb now”.`);
    expect(stepOf(stopped, 'mutation')?.status).toBe('done');
    expect(stepOf(stopped, 'relabel')?.status).toBe('stopped');
    expect((await listRuns(ctx, { customerId: customer.id }))[0]).toMatchObject({ gapOpen: true });
    await controlRun(ctx, { runId, control: 'resume', reason: 'go on' }, operator);
    expect(await reached(ctx, runId, ['verified'])).toMatchObject({ gapOpen: false, situation: null });
  });

  it('counts the gap from the delete on, whoever looked', async () => {
    const { customer, runId } = await begun();
    await stay(runId, 'take');
    await stayedBeforeDelete(runId);
    await merges(customer, 'STOP');
    await stay(runId, 'release');
    await stands(runId, 'waiting for mutation');
    worker.abort(new Error('the worker dies'));
    const submittedMs = Date.now();
    await merges(customer, 'START');
    const dead = await until(
      'the rows are counted gone',
      async () => {
        const run = await getRun(ctx, runId);
        return run.units[0]?.missing ? run : null;
      },
      { everyMs: 100 },
    );
    expect(dead.next).toMatch(/^50 label rows of 10 Feb are deleted; people see 0\. No worker is running/);
    expect(dead).toMatchObject({ gapOpen: true, units: [{ missing: { deleted: 50, left: 0 } }] });
    const waits = `jsonb_build_object('status', 'needs attention', 'failedIn', 'waiting for mutation',
      'labels', 'half deleted', 'sentence', 'It took too long.', 'asked', false, 'remedy', NULL)`;
    await ctx.db.pool.query(
      `UPDATE backfill_items SET state = state || ${waits}, status = 'needs attention' WHERE run_id = $1`,
      [runId],
    );
    await ctx.db.pool.query("UPDATE backfill_runs SET status = 'needs attention' WHERE id = $1", [runId]);
    await lookAtStopped(ctx);
    expect((await listRuns(ctx, { customerId: customer.id }))[0]).toMatchObject({ gapOpen: true });
    await work();
    await controlRun(ctx, { runId, control: 'resume', reason: 'go on' }, operator);
    const { units } = await reached(ctx, runId, ['verified']);
    expect((units[0]?.endedAtMs ?? 0) - (units[0]?.gapMs ?? 0)).toBeLessThanOrEqual(submittedMs);
  });
});
