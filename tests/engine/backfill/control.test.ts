import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { controlRun } from '@/lib/backfill/control/control-run';
import type { ControlRun } from '@/lib/backfill/state/command-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { jobLog } from '@/lib/backfill/view/job-log';
import { listRuns } from '@/lib/backfill/view/list-runs';
import type { Customer } from '@/lib/customers/model';
import type { TestContext } from '../../support/context';
import { dayOfIncident, incidentOf, operator, reached, start } from '../../support/repair';
import { until } from '../../support/until';
import { labelerDoes, stubbedLabeler, workingContext } from '../../support/worker';

describe('the controls of a repair', () => {
  let ctx: TestContext;
  const labeler = (mode: string) => labelerDoes(ctx, mode);
  const control = (runId: string, what: ControlRun['control'], reason = 'a test asks for it') =>
    controlRun(ctx, { runId, control: what, reason }, operator);
  const twoDays = (change?: { conversations?: number }) =>
    incidentOf(ctx, {
      ...change,
      change: ({ blocks: [block] }) => {
        block?.days.push('2026-02-11');
        block?.counts.push(20);
        for (const faults of Object.values(block?.faults ?? {})) faults.push(1000);
      },
    });
  const endsInAudit = async (customer: Customer) =>
    (await listAudit(ctx, { customerId: customer.id }))
      .filter((row) => row.actor === 'worker')
      .map((row) => row.action);
  const bothDays = (customer: Customer) => ({ ...dayOfIncident(customer), toDay: '2026-02-12' });

  beforeAll(async () => {
    ctx = await workingContext({ env: stubbedLabeler });
  });
  beforeEach(() => labeler(''));
  afterAll(() => ctx?.close());

  it('repairs the days of a range in order, each begun when the one before is verified', async () => {
    const customer = await twoDays();
    const run = await reached(ctx, await start(ctx, bothDays(customer)), ['verified']);
    const [first, second] = run.units;
    expect(run).toMatchObject({ unitsTotal: 2, unitsVerified: 2 });
    expect(second?.startedAtMs ?? 0).toBeGreaterThanOrEqual(first?.endedAtMs ?? Number.POSITIVE_INFINITY);
  });

  it('stops at a failing labeler in "deleted, not relabelled", which only a relabel ends', async () => {
    const customer = await twoDays();
    labeler('fail');
    const runId = await start(ctx, bothDays(customer));
    const stopped = await reached(ctx, runId, ['needs attention']);
    const [item, following] = stopped.units;
    expect(item).toMatchObject({ status: 'needs attention', attempt: 3 });
    expect(item?.failure).toMatch(/has no labels right now: the relabel Job failed/);
    expect(item?.failure).toContain('cannot reach its source');
    expect(following?.status).toBe('planned');
    expect(stopped.controls).toEqual(['resume', 'retry', 'relabel only']);
    expect(item?.steps.find((step) => step.step === 'relabel')).toMatchObject({ status: 'failed', hasLog: true });
    expect(await jobLog(ctx, { runId, itemId: item?.id ?? '', step: 'relabel' })).toMatchObject({ live: false });
    await expect(control(runId, 'close')).rejects.toMatchObject({ code: 'conflict' });
    labeler('');
    await control(runId, 'relabel only', 'the source is back');
    const run = await reached(ctx, runId, ['verified']);
    expect(run.units[0]?.gapMs).toBeGreaterThan(0);
    expect(await listAudit(ctx, { customerId: customer.id })).toContainEqual(
      expect.objectContaining({ action: 'backfill.relabel-only', actor: 'olga', reason: 'the source is back' }),
    );
  });

  it('names insert de-duplication when a relabel that ended well left no label', async () => {
    const customer = await incidentOf(ctx);
    const labels = `${customer.database}.conversation_with_labels`;
    const sql = (query: string) => ctx.admin.client.command({ query });
    await sql(`ALTER TABLE ${labels} MODIFY SETTING non_replicated_deduplication_window = 100`);
    const rows = await ctx.admin.client.query({
      query: `SELECT conversation_id, customer_id, profile_id, ifNull(agent_user_id, '') AS agent_user_id, usecase_id,
          conversation_start_time, conversation_end_time, 1 AS has_agent_assistance, update_time
        FROM ${customer.database}.conversation FINAL ORDER BY conversation_id`,
      format: 'JSONEachRow',
    });
    // The labeler writes the very block that ClickHouse has seen before.
    const block = `INSERT INTO ${labels} FORMAT JSONEachRow\n${await rows.text()}`;
    const { name, password } = ctx.config.clickhouse.users.admin;
    const inserted = await fetch(`${ctx.config.clickhouse.url}/?insert_deduplicate=1`, {
      method: 'POST',
      headers: { 'X-ClickHouse-User': name, 'X-ClickHouse-Key': password },
      body: block,
    });
    expect(inserted.ok).toBe(true);
    labeler(block);
    const runId = await start(ctx, dayOfIncident(customer, { onlyAffected: false }));
    const stopped = await reached(ctx, runId, ['needs attention']);
    expect(stopped.units[0]?.failure).toContain('insert de-duplication after a delete');
    expect(stopped.units[0]?.evidence).toMatchObject({ labelRows: 0 });
    expect(stopped.controls).toEqual(['resume', 'retry', 'relabel only', 'close']);
    labeler('');
    await control(runId, 'relabel only');
    await reached(ctx, runId, ['verified']);
  });

  it('waits for labels that a Distributed table has not sent yet, says so, and is verified once they are there', async () => {
    const customer = await incidentOf(ctx);
    const { database } = customer;
    const rows = await ctx.admin.client.query({
      query: `SELECT conversation_id, customer_id, profile_id, ifNull(agent_user_id, '') AS agent_user_id, usecase_id,
          conversation_start_time, conversation_end_time, 1 AS has_agent_assistance, now64(3) AS update_time
        FROM ${database}.conversation FINAL WHERE conversation_end_time > conversation_start_time`,
      format: 'JSONEachRow',
    });
    const body = `FORMAT JSONEachRow\n${await rows.text()}`;
    labeler(
      `INSERT INTO ${database}.conversation_with_labels_d SETTINGS distributed_foreground_insert = 0, prefer_localhost_replica = 0 ${body}`,
    );
    await ctx.admin.client.command({ query: `SYSTEM STOP DISTRIBUTED SENDS ${database}.conversation_with_labels_d` });
    const runId = await start(ctx, dayOfIncident(customer));
    const sentence = async () =>
      (await getRun(ctx, runId)).units[0]?.steps.find((one) => one.step === 'verify')?.sentence ?? '';
    await until('the verification waits', async () => (await sentence()).includes('on their way'), { everyMs: 100 });
    expect(await sentence()).toBe(
      'Waiting for labels that are on their way: 1 file that the Distributed table has not sent yet.',
    );
    await ctx.admin.client.command({ query: `INSERT INTO ${database}.conversation_with_labels ${body}` });
    await reached(ctx, runId, ['verified']);
  });

  it('cancels after the day in hand: it is verified, the others are cancelled with the reason', async () => {
    const customer = await twoDays();
    const runId = await start(ctx, bothDays(customer));
    await until('the first day began', async () => (await getRun(ctx, runId)).units[0]?.status !== 'planned');
    await control(runId, 'cancel after day');
    const run = await reached(ctx, runId, ['cancelled']);
    expect(run.units.map((item) => item.status)).toEqual(['verified', 'cancelled']);
    expect(await endsInAudit(customer)).toEqual(['backfill.cancelled']);
    await expect(start(ctx, bothDays(customer))).resolves.toEqual(expect.any(String));
  });

  it('ends verified, and says so in the audit, when it was to be cancelled after what was its only day', async () => {
    const customer = await incidentOf(ctx);
    const runId = await start(ctx, dayOfIncident(customer));
    await until('the day began', async () => (await getRun(ctx, runId)).units[0]?.status !== 'planned');
    await control(runId, 'cancel after day');
    await reached(ctx, runId, ['verified']);
    expect(await endsInAudit(customer)).toEqual(['backfill.verified']);
  });

  it('refuses a day whose labels changed since the plan, and can be closed with a reason', async () => {
    const customer = await twoDays();
    const runId = await start(ctx, bothDays(customer));
    await ctx.admin.client.command({
      query: `INSERT INTO ${customer.database}.conversation_with_labels VALUES ('${randomUUID()}', '${customer.id}', 'reservations',
        'Grace Ito', 'baggage-chat', '2026-02-11 10:00:00', '2026-02-11 10:10:00', 1, '2026-02-11 10:11:00')`,
    });
    const stopped = await reached(ctx, runId, ['needs attention']);
    const [first, second] = stopped.units;
    expect(first?.status).toBe('verified');
    expect(second?.failure).toContain('2026-02-11 has 21 label rows now; 20 were planned.');
    expect(stopped.controls).toEqual(['resume', 'retry', 'close']);
    await control(runId, 'close', 'it is planned again');
    const closed = await reached(ctx, runId, ['closed']);
    expect(closed.units[1]?.status).toBe('cancelled');
    expect(closed.controls).toEqual([]);
    await expect(control(runId, 'resume')).rejects.toMatchObject({ code: 'conflict' });
    const [newest] = await listRuns(ctx, { customerId: customer.id });
    expect(newest).toMatchObject({ id: runId, status: 'closed', unitsVerified: 1 });
    const thatWorkOn = async (day: string) =>
      (await listRuns(ctx, { customerId: customer.id, day })).map(({ id }) => id);
    expect(await thatWorkOn('2026-02-11')).toEqual([runId]);
    expect(await thatWorkOn('2026-02-12')).toEqual([]);
  });

  it('retries the failed step as a new attempt', async () => {
    const customer = await incidentOf(ctx);
    labeler('fail');
    const runId = await start(ctx, dayOfIncident(customer));
    await reached(ctx, runId, ['needs attention']);
    labeler('');
    await control(runId, 'retry');
    const run = await reached(ctx, runId, ['verified']);
    expect(run.units[0]?.attempt).toBe(4);
  });

  it('lists what cannot be labelled because it has no chat, and verifies the rest', async () => {
    const customer = await incidentOf(ctx, {
      change: ({ rows }) =>
        void rows.truth[1]?.push({
          id: 'no-chat',
          profile: 'reservations',
          agent: 'Dana Whitfield',
          useCase: 'baggage-chat',
          startMs: Date.parse('2026-02-10T12:00:00Z'),
          endMs: Date.parse('2026-02-10T12:10:00Z'),
          updatedMs: Date.parse('2026-02-10T12:11:00Z'),
        }),
    });
    await ctx.chats.pool.query("DELETE FROM chats WHERE customer_id = $1 AND id = 'no-chat'", [customer.id]);
    const run = await reached(ctx, await start(ctx, dayOfIncident(customer), ['chats']), ['verified']);
    expect(run.units[0]?.evidence).toMatchObject({ missing: 0, missingWithoutChat: 1, labelRows: 50 });
    expect(run.units[0]?.steps.at(-1)?.sentence).toContain('no-chat');
  });

  it('asks for a reason and for a backfill that exists', async () => {
    await expect(control(randomUUID(), 'resume')).rejects.toMatchObject({ code: 'not_found' });
    await expect(control(randomUUID(), 'resume', ' ')).rejects.toThrow('Say why');
    await expect(getRun(ctx, 'no-id')).rejects.toMatchObject({ code: 'not_found' });
  });
});
