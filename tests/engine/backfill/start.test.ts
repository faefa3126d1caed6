import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval } from '@/lib/approvals/list-approvals';
import type { Actor } from '@/lib/auth/model';
import { askApproval } from '@/lib/backfill/control/ask-approval';
import { controlRun } from '@/lib/backfill/control/control-run';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { PlanRequest } from '@/lib/backfill/state/command-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { loadConfig } from '@/lib/config';
import { type TestContext, testContext } from '../../support/context';
import { addLabel, dayOfIncident, incidentOf, operator, start } from '../../support/repair';

describe('starting a repair', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());

  it('is refused when the plan changed, and names the day and its numbers', async () => {
    const customer = await incidentOf(ctx);
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    await addLabel(ctx, customer);
    await expect(
      startBackfill(ctx, { ...dayOfIncident(customer), planHash: plan.hash }, operator),
    ).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('2026-02-10 has 51 label rows now; 50 were planned.'),
    });
  });

  it('reads the labels of the days that it changes, and does not judge the range again', async () => {
    const customer = await incidentOf(ctx);
    const request = { ...dayOfIncident(customer), fromDay: '2026-02-01', toDay: '2026-03-01' };
    const plan = await planBackfill(ctx, request);
    const asked: string[] = [];
    const read: typeof ctx.clickhouse.read = (statement, args) => {
      asked.push(statement.name);
      return ctx.clickhouse.read(statement, args);
    };
    const clickhouse = Object.assign(Object.create(ctx.clickhouse) as typeof ctx.clickhouse, { read });
    await startBackfill({ ...ctx, clickhouse }, { ...request, planHash: plan.hash }, operator);
    expect(asked.filter((name) => name === 'label_store.label_digests')).toHaveLength(1);
    expect(asked.filter((name) => /^(detection|active_days)[.]/.test(name))).toEqual([]);
  });

  it('starts at most one of many overlapping runs, by constraint, and links the active one', async () => {
    const customer = await incidentOf(ctx);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => start(ctx, dayOfIncident(customer))));
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(started).toHaveLength(1);
    expect(refused).toHaveLength(4);
    for (const error of refused)
      expect(error).toMatchObject({ code: 'conflict', message: expect.stringContaining(`/backfills/${started[0]}`) });
  });

  it('above the threshold starts once a second person approved exactly the plan, and one run only', async () => {
    const customer = await incidentOf(ctx);
    const strict = { ...ctx, config: loadConfig({ ...process.env, ...ctx.env, SLC_APPROVAL_ROWS: '49' }) };
    const request = dayOfIncident(customer);
    const approver: Actor = { ...operator, name: 'ann', role: 'approver' };
    const plan = await planBackfill(strict, request);
    expect(plan.needsApproval).toBe(true);
    const wanted = { ...request, planHash: plan.hash, reason: 'CONVI-6242' };
    await expect(startBackfill(strict, wanted, operator)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('second person'),
    });
    const { approvalId } = await askApproval(strict, wanted, operator);
    await expect(startBackfill(strict, wanted, operator)).rejects.toMatchObject({ code: 'refused' });
    const decision = { approvalId, planHash: plan.hash, decision: 'approve', reason: 'looked at it' } as const;
    await expect(decideApproval(strict, decision, { ...operator, role: 'approver' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await decideApproval(strict, decision, approver);
    const started = await Promise.allSettled([1, 2, 3].map(() => startBackfill(strict, wanted, operator)));
    const runs = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.runId] : []));
    expect(runs).toHaveLength(1);
    const run = await getRun(strict, runs[0] ?? '');
    expect(run.approval).toMatchObject({ decidedBy: 'ann', requestedBy: 'olga', state: 'used', usedBy: run.id });
    await controlRun(strict, { runId: run.id, control: 'cancel after day', reason: 'only a test' }, operator);
    await expect(startBackfill(strict, wanted, operator)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('used'),
    });
  });

  it('a range cut in two counts as one: what nobody approved in the last day adds up, also for two at once', async () => {
    const customer = await incidentOf(ctx);
    // A second day: the same conversations a day later, under other ids.
    for (const table of ['conversation', 'conversation_with_labels'])
      await ctx.admin.client.command({
        query: `INSERT INTO ${customer.database}.${table} SELECT * REPLACE (concat(conversation_id, ' next') AS conversation_id,
          conversation_start_time + INTERVAL 1 DAY AS conversation_start_time,
          conversation_end_time + INTERVAL 1 DAY AS conversation_end_time) FROM ${customer.database}.${table}`,
      });
    await ctx.chats.pool.query(
      `INSERT INTO chats SELECT id || ' next', customer_id, profile_id, agent_user_id, usecase_id, channel,
         created_at + interval '1 day', ended_at + interval '1 day', updated_at
       FROM chats WHERE customer_id = $1`,
      [customer.id],
    );
    const strict = { ...ctx, config: loadConfig({ ...process.env, ...ctx.env, SLC_APPROVAL_ROWS: '80' }) };
    const next = { ...dayOfIncident(customer), fromDay: '2026-02-11', toDay: '2026-02-12' };
    const wantedOf = async (request: PlanRequest) => {
      const plan = await planBackfill(strict, { ...request, onlyAffected: false });
      expect(plan).toMatchObject({ rowsToDelete: 50, needsApproval: false, unapprovedRows: 0 });
      const confirmed = plan.checks.filter(({ verdict }) => verdict === 'unknown').map(({ id }) => id);
      return { ...request, onlyAffected: false, planHash: plan.hash, confirmed, reason: 'CONVI-6242' };
    };
    const wanted = [await wantedOf(dayOfIncident(customer)), await wantedOf(next)] as const;
    const started = await Promise.allSettled(wanted.map((one) => startBackfill(strict, one, operator)));
    const runs = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value.runId] : []));
    expect(runs, JSON.stringify(started)).toHaveLength(1);
    expect(started.find((one) => one.status === 'rejected')?.reason).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('second person'),
    });
    const other = started[0]?.status === 'fulfilled' ? wanted[1] : wanted[0];
    expect(await planBackfill(strict, other)).toMatchObject({ needsApproval: true, unapprovedRows: 50 });
    await controlRun(strict, { runId: runs[0] ?? '', control: 'cancel after day', reason: 'only a test' }, operator);
    expect(await planBackfill(strict, other)).toMatchObject({ needsApproval: false, unapprovedRows: 0 });
    const { runId } = await startBackfill(strict, other, operator);
    await ctx.db.pool.query(
      `UPDATE backfill_runs SET status = 'verified', ended_at = now() - interval '23 hours' WHERE id = $1`,
      [runId],
    );
    expect(await planBackfill(strict, other)).toMatchObject({ needsApproval: true, unapprovedRows: 50 });
    await ctx.db.pool.query(`UPDATE backfill_runs SET ended_at = now() - interval '25 hours' WHERE id = $1`, [runId]);
    expect(await planBackfill(strict, other)).toMatchObject({ needsApproval: false, unapprovedRows: 0 });
  });

  it('a label row that changes after the approval makes another plan, which is not approved', async () => {
    const customer = await incidentOf(ctx);
    const strict = { ...ctx, config: loadConfig({ ...process.env, ...ctx.env, SLC_APPROVAL_ROWS: '49' }) };
    const request = dayOfIncident(customer);
    const ask = async () => {
      const plan = await planBackfill(strict, request);
      const wanted = { ...request, planHash: plan.hash, reason: 'CONVI-6242' };
      return { wanted, approvalId: (await askApproval(strict, wanted, operator)).approvalId };
    };
    const first = await ask();
    const approver: Actor = { ...operator, name: 'ann', role: 'approver' };
    await decideApproval(
      strict,
      { approvalId: first.approvalId, planHash: first.wanted.planHash, decision: 'approve', reason: 'looked at it' },
      approver,
    );
    await ctx.admin.client.command({
      query: `INSERT INTO ${customer.database}.conversation_with_labels SELECT * REPLACE ('baggage-chat' AS usecase_id,
         update_time + INTERVAL 1 SECOND AS update_time) FROM ${customer.database}.conversation_with_labels LIMIT 1`,
    });
    await expect(startBackfill(strict, first.wanted, operator)).rejects.toMatchObject({
      message: expect.stringContaining('changed'),
    });
    const second = await ask();
    await expect(startBackfill(strict, second.wanted, operator)).rejects.toMatchObject({
      message: expect.stringContaining('waiting'),
    });
    expect((await getApproval(strict, first.approvalId, operator)).state).toBe('withdrawn');
  });
});
