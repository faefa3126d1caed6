import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval } from '@/lib/approvals/list-approvals';
import { type ApprovedStarts, startApproved } from '@/lib/approvals/start-approved';
import { approvalSentence } from '@/lib/approvals/state-model';
import { withdrawApproval } from '@/lib/approvals/withdraw-approval';
import { workApprovedStarts } from '@/lib/approvals/work-approved-starts';
import { listAudit } from '@/lib/audit/list-audit';
import { askApproval } from '@/lib/backfill/control/ask-approval';
import { startApprovedBackfill, startApprovedUndo } from '@/lib/backfill/control/start-approved';
import { askUndo } from '@/lib/backfill/control/start-undo';
import { liftStop, stopEverything } from '@/lib/backfill/control/stop-everything';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { startApprovedCampaign } from '@/lib/campaigns/control/start-campaign';
import type { Customer } from '@/lib/customers/model';
import { beginOrder } from '@/lib/orders/begin-order';
import { connectPostgres } from '@/lib/postgres/client';
import { clickhouseProxy, type Treatment } from '@/tests/support/clickhouse-proxy';
import { type TestContext, testContext } from '@/tests/support/context';
import { ownerUrlOf } from '@/tests/support/fresh';
import { spawnWorker } from '@/tests/support/kill';
import { addLabel, dayOfIncident, incidentOf, labelRowsOf, operator, reached } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { ann } from './asking';

const starts: ApprovedStarts = {
  backfill: startApprovedBackfill,
  undo: startApprovedUndo,
  campaign: startApprovedCampaign,
  order: beginOrder,
};

describe('what a second person approved', () => {
  let ctx: TestContext;
  let customer: Customer;
  let stop: AbortController;
  let atDoor: (name: string) => Treatment;
  let proxy: Awaited<ReturnType<typeof clickhouseProxy>>;

  beforeEach(async () => {
    atDoor = () => ({ kind: 'pass' });
    proxy = await clickhouseProxy(inject('engines').clickhouseUrl, (_sql, _user, name) => atDoor(name));
    stop = new AbortController();
    ctx = await testContext({ process: 'worker', env: { CLICKHOUSE_URL: proxy.url, SLC_APPROVAL_ROWS: '49' } });
    customer = await incidentOf(ctx);
  });
  afterEach(async () => {
    stop.abort(new Error('the test is over'));
    await ctx.close();
    await proxy.close();
  });

  const workStarts = () => workApprovedStarts(ctx, starts, stop.signal);
  const workRuns = () => workBackfills(ctx, stop.signal);
  const runsOf = () => listRuns(ctx, { customerId: customer.id });
  const approvalOf = (approvalId: string) => getApproval(ctx, approvalId, ann);
  const approve = ({ approvalId, planHash }: { approvalId: string; planHash: string }) =>
    decideApproval(ctx, { approvalId, planHash, decision: 'approve', reason: 'looked at it' }, ann);
  /** Plans the incident's day again, and asks a second person for it. */
  async function asked() {
    const request = dayOfIncident(customer);
    const plan = await planBackfill(ctx, request);
    // The way through a proxy may lead to another labeler, which a person has to confirm.
    const confirmed = plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
    const wanted = { ...request, planHash: plan.hash, confirmed, reason: 'CONVI-6242' };
    return { ...(await askApproval(ctx, wanted, operator)), planHash: plan.hash };
  }
  const approved = async () => {
    const of = await asked();
    await approve(of);
    return of;
  };
  const used = (approvalId: string) =>
    until('the approval is used', async () => {
      const approval = await approvalOf(approvalId);
      return approval.state === 'used' ? approval : null;
    });
  const refusedStart = (approvalId: string) =>
    until('the start failed', async () => (await approvalOf(approvalId)).startFailure, { everyMs: 50 });

  it('starts by itself, as the person who asked for it, and its undo does too', async () => {
    await Promise.all([workStarts(), workRuns()]);
    const before = await labelRowsOf(ctx, customer);
    const { approvalId } = await approved();
    const approval = await used(approvalId);
    const run = await reached(ctx, approval.usedBy ?? '', ['verified']);
    expect(run).toMatchObject({ startedBy: 'olga', reason: 'CONVI-6242', approval: { decidedBy: 'ann' } });
    expect(run.events[0]?.text).toMatch(
      /^olga started "replace" for 1 unit: 50 label rows to delete. ann approved it.$/,
    );
    expect(await listAudit(ctx, { runId: run.id, action: 'backfill.start' })).toMatchObject([
      { actor: 'olga', via: 'worker', reason: 'CONVI-6242', planHash: approval.planHash },
    ]);
    expect(await labelRowsOf(ctx, customer)).not.toEqual(before);

    const undo = await planUndo(ctx, { runId: run.id });
    const confirmed = undo.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
    const ask = { runId: run.id, planHash: undo.hash, confirmed, reason: 'as it was' };
    const askedUndo = { ...(await askUndo(ctx, ask, operator)), planHash: undo.hash };
    await approve(askedUndo);
    const undone = await reached(ctx, (await used(askedUndo.approvalId)).usedBy ?? '', ['verified']);
    expect(undone).toMatchObject({ strategy: 'undo', undoOf: run.id, startedBy: 'olga' });
    expect(await labelRowsOf(ctx, customer)).toEqual(before);
  });

  it('does not start when its plan changed: the requester reads why, and asks for the new plan', async () => {
    const of = await approved();
    await addLabel(ctx, customer);
    const delivered = () => startApproved(ctx, starts, { approvalId: of.approvalId, signal: stop.signal });
    await Promise.all([delivered(), delivered()]);
    await workStarts();
    expect(await refusedStart(of.approvalId)).toContain('2026-02-10 has 51 label rows now; 50 were planned.');
    const approval = await approvalOf(of.approvalId);
    expect(approval.state).toBe('approved');
    expect(approvalSentence(approval)).toMatch(
      /^ann approved what olga asked for, but it has not started. The plan changed/,
    );
    expect(await listAudit(ctx, { customerId: customer.id, result: 'refused' })).toMatchObject([
      { actor: 'olga', action: 'backfill.start', planHash: of.planHash, subject: approval.startFailure },
    ]);
    expect(await runsOf()).toEqual([]);
    const again = await approved();
    expect((await approvalOf(of.approvalId)).state).toBe('withdrawn');
    expect(await used(again.approvalId)).toMatchObject({ startFailure: null });
    expect(await runsOf()).toHaveLength(1);
  });

  it('keeps neither the refusal nor its audit row without the other', async () => {
    const { approvalId } = await approved();
    await addLabel(ctx, customer);
    const owner = connectPostgres({ url: ownerUrlOf(ctx.config.postgres.url), log: ctx.log, application: 'tests' });
    onTestFinished(() => owner.close());
    await owner.pool.query(`
      CREATE FUNCTION end_here() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ends here'; END $$;
      CREATE TRIGGER ends BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION end_here();`);
    const delivered = () => startApproved(ctx, starts, { approvalId, signal: stop.signal });
    await expect(delivered()).rejects.toThrow('ends here');
    expect(await approvalOf(approvalId)).toMatchObject({ state: 'approved', startFailure: null });
    await owner.pool.query('DROP TRIGGER ends ON audit');
    await delivered();
    const { startFailure } = await approvalOf(approvalId);
    expect(await listAudit(ctx, { customerId: customer.id, result: 'refused' })).toMatchObject([
      { action: 'backfill.start', subject: startFailure },
    ]);
  });

  it('starts once, however often and wherever its start is delivered', async () => {
    const { approvalId } = await approved();
    const delivered = () => startApproved(ctx, starts, { approvalId, signal: stop.signal });
    await Promise.all([delivered(), delivered(), delivered()]);
    await delivered();
    const { usedBy, startFailure } = await approvalOf(approvalId);
    expect(startFailure).toBeNull();
    expect((await runsOf()).map(({ id }) => id)).toEqual([usedBy]);
    expect(await listAudit(ctx, { customerId: customer.id, result: 'refused' })).toEqual([]);
  });

  it('starts after the worker that began to start it was killed', async () => {
    atDoor = () => ({ kind: 'pass' });
    const { approvalId } = await approved();
    atDoor = () => ({ kind: 'hold request' });
    const { child, ended } = spawnWorker(ctx);
    await until('the worker reads for the start', async () => {
      const { rows } = await ctx.db.pool.query(
        "SELECT 1 FROM pgboss.job WHERE name = 'approved-starts' AND state = 'active'",
      );
      return rows.length > 0;
    });
    await proxy.treated();
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    atDoor = () => ({ kind: 'pass' });
    expect(await approvalOf(approvalId)).toMatchObject({ state: 'approved', startFailure: null });
    await workStarts();
    const { usedBy } = await used(approvalId);
    expect((await runsOf()).map(({ id }) => id)).toEqual([usedBy]);
  });

  it('starts once ClickHouse answers again, and says meanwhile what it waits for', async () => {
    const { approvalId } = await approved();
    atDoor = () => ({ kind: 'cut request' });
    await workStarts();
    expect(await refusedStart(approvalId)).toMatch(
      /^ClickHouse does not answer.* The start is tried again by itself\.$/,
    );
    atDoor = () => ({ kind: 'pass' });
    await used(approvalId);
    expect(await runsOf()).toHaveLength(1);
  });

  it('starts after a stop of everything that came between the queue and its start', async () => {
    const { approvalId } = await approved();
    await stopEverything(ctx, { reason: 'only a test', immediately: false }, operator);
    await expect(startApproved(ctx, starts, { approvalId, signal: stop.signal })).rejects.toThrow('stopped everything');
    expect((await approvalOf(approvalId)).startFailure).toContain('The start is tried again by itself.');
    await liftStop(ctx, { reason: 'only a test' }, operator);
    await workStarts();
    await used(approvalId);
    expect(await listAudit(ctx, { customerId: customer.id, result: 'refused' })).toEqual([]);
  });

  it('starts by itself although no worker was ever called for it, as before workers did so', async () => {
    const { approvalId } = await approved();
    await ctx.db.pool.query("DELETE FROM pgboss.job WHERE name = 'approved-starts'");
    await workStarts();
    await used(approvalId);
  });

  it('does not start when it was withdrawn, or expired, before its start', async () => {
    const withdrawn = await approved();
    await withdrawApproval(ctx, { approvalId: withdrawn.approvalId, reason: 'changed my mind' }, operator);
    await startApproved(ctx, starts, { approvalId: withdrawn.approvalId, signal: stop.signal });
    const expired = await approved();
    await ctx.db.pool.query('UPDATE approvals SET expires_at = now() WHERE id = $1', [expired.approvalId]);
    await startApproved(ctx, starts, { approvalId: expired.approvalId, signal: stop.signal });
    expect(await runsOf()).toEqual([]);
    expect(await approvalOf(expired.approvalId)).toMatchObject({ state: 'expired', startFailure: null });
  });
});
