import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expireApprovals } from '@/lib/approvals/expire-approvals';
import { withdrawApproval } from '@/lib/approvals/withdraw-approval';
import { setRunStatus } from '@/lib/backfill/repair/set-run-status';
import { tellHeld, tellNotHeld } from '@/lib/campaigns/run/tell-campaign';
import { tickCampaign } from '@/lib/campaigns/run/tick-campaign';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { lookAtConditions } from '@/lib/notifications/conditions/work-conditions';
import { closeOrder } from '@/lib/orders/end-order';
import { ann, approvalsIn, hash, olga } from '@/tests/engine/approvals/asking';
import { handClock, termsFor } from '@/tests/engine/orders/ordering';
import { type TestContext, testContext } from '@/tests/support/context';

const clock = handClock(new Date().toISOString());
const never = new AbortController().signal;
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker', clock });
  for (const id of ['acme', 'bolt']) await customer(id, 'a_database_that_is_not_there');
});
afterAll(() => ctx?.close());

const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;
const customer = (id: string, database: string) =>
  sql(`INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ($1, $1, $2, 'UTC')`, [id, database]);
/** The newest case of a key: what it says, and what became of it. */
const caseOf = async (key: string) =>
  (await sql('SELECT * FROM notification_cases WHERE case_key = $1 ORDER BY opened_at DESC LIMIT 1', [key]))[0];

const { asked, decide, past } = approvalsIn(() => ctx);

describe('a case is opened and resolved in the transaction of', () => {
  it('a request for an approval, which may be replaced, decided on, withdrawn, or expire', async () => {
    const first = await asked();
    const key = `approval backfill ${first.subject}`;
    expect(await caseOf(key)).toMatchObject({
      event: 'approval waits',
      role: 'approver',
      customer_id: 'acme',
      title: 'olga asks for an approval: acme, 10 February.',
      path: `/approvals?open=${first.approvalId}`,
    });
    const second = await asked({ subject: first.subject });
    expect(await caseOf(key)).toMatchObject({ path: `/approvals?open=${second.approvalId}`, resolved_at: null });
    await decide(second, ann);
    expect((await caseOf(key)).resolution).toBe('acme, 10 February: ann approved it.');

    const [withdrawn, expired] = [await asked(), await asked()];
    await withdrawApproval(ctx, { approvalId: withdrawn.approvalId, reason: 'not needed' }, olga);
    expect((await caseOf(`approval backfill ${withdrawn.subject}`)).resolution).toMatch(/olga withdrew it/);
    await past(expired);
    await expireApprovals(ctx);
    expect((await caseOf(`approval backfill ${expired.subject}`)).resolution).toMatch(/Nobody decided in time/);
  });

  it('a run that comes to need attention, with what is left of its labels, until it is settled', async () => {
    const id = await aRun('gone');
    await ctx.db.transaction((tx) => setRunStatus(tx, id, 'needs attention'));
    expect(await caseOf(`run ${id}`)).toMatchObject({
      event: 'run needs attention',
      customer_id: 'acme',
      title: 'The backfill of acme, 2026-02-10 to 2026-02-11, stopped while labels are missing.',
      lines: ['The relabel Job failed.', 'Its page says what can be done now.'],
      path: `/backfills/${id}`,
    });
    await ctx.db.transaction((tx) => setRunStatus(tx, id, 'closed'));
    expect((await caseOf(`run ${id}`)).resolution).toMatch(/was closed\.$/);
  });

  it('a standing order that stops itself, until somebody ends it', async () => {
    const orderId = randomUUID();
    const preview = { night: '2026-02-10', fromDay: '2026-02-01', toDay: '2026-02-10', countedAtMs: 0, customers: [] };
    await sql(
      `INSERT INTO standing_orders (id, status, terms, reason, preview, plan_hash, created_by, approved_by, active_at)
       VALUES ($1, 'active', $2, 'why', $3, $4, 'olga', 'ann', now())`,
      [orderId, JSON.stringify(termsFor([], { filter: { by: 'all affected' } })), JSON.stringify(preview), hash()],
    );
    const close = (status: 'stopped' | 'ended', reason: string) =>
      ctx.db.transaction((tx) => closeOrder(tx, { orderId, status, reason, atMs: Date.now() }, olga));
    await close('stopped', 'A run of it needs attention.');
    expect(await caseOf(`order ${orderId}`)).toMatchObject({ event: 'order stopped', path: `/orders/${orderId}` });
    await close('ended', 'it was looked at');
    expect((await caseOf(`order ${orderId}`)).resolution).toMatch(/olga ended it/);
  });

  it('a campaign that is held or ends, with what became of its customers', async () => {
    const id = randomUUID();
    const request = {
      filter: { by: 'name', customerIds: ['acme', 'bolt'] },
      fromDay: '2026-02-10',
      toDay: '2026-02-11',
    };
    await sql(`INSERT INTO campaigns (id, status, request, created_by) VALUES ($1, 'running', $2, 'olga')`, [
      id,
      JSON.stringify(request),
    ]);
    for (const [seq, [name, status]] of [
      ['acme', 'verified'],
      ['bolt', 'set aside'],
    ].entries())
      await sql(
        'INSERT INTO campaign_customers (campaign_id, customer_id, seq, wave, status) VALUES ($1, $2, $3, $3, $4)',
        [id, name, seq, status],
      );
    await ctx.db.transaction((tx) => tellHeld(tx, { id }, 'a replica is 70 s behind'));
    expect(await caseOf(`campaign ${id} held`)).toMatchObject({ event: 'campaign held', resolved_at: null });
    await ctx.db.transaction((tx) => tellNotHeld(tx, { id }, 'goes on'));
    expect((await caseOf(`campaign ${id} held`)).resolution).toMatch(/goes on\.$/);

    await tickCampaign(ctx, id);
    expect(await caseOf(`campaign ${id} ended`)).toMatchObject({
      event: 'campaign ended',
      title: `The campaign ${id.slice(0, 8)} has ended: stopped.`,
      lines: [expect.stringMatching(/failure budget/), 'Of 2 customers 1 is verified, 1 set aside.'],
      affected: 1,
      share: 0.5,
    });
  });

  it('a campaign that is held by numbers, not one that waits for its hours, which somebody chose', async () => {
    const id = randomUUID();
    const hour = (hours: number) => `${new Date(clock.now() + hours * 3_600_000).toISOString().slice(11, 13)}:00`;
    const window = { from: hour(10), to: hour(12), timeZone: 'UTC' };
    const filter = { by: 'name', customerIds: ['acme'] };
    const request = { filter, fromDay: '2026-02-10', toDay: '2026-02-11', window };
    await sql(`INSERT INTO campaigns (id, status, request, created_by) VALUES ($1, 'running', $2, 'olga')`, [
      id,
      JSON.stringify(request),
    ]);
    await sql(
      `INSERT INTO campaign_customers (campaign_id, customer_id, seq, wave, status) VALUES ($1, 'acme', 0, 0, 'waiting')`,
      [id],
    );
    await ctx.db.transaction((tx) => tellHeld(tx, { id }, 'a replica is 70 s behind'));
    await tickCampaign(ctx, id);
    const [campaign] = await sql('SELECT status, pause FROM campaigns WHERE id = $1', [id]);
    expect(campaign).toMatchObject({ status: 'paused', pause: { cause: 'hold' } });
    expect((await caseOf(`campaign ${id} held`)).resolution).toMatch(/waits for its hours\.$/);
    await sql('DELETE FROM campaigns WHERE id = $1', [id]);
  });

  it('the third scan of a customer that fails in a row', async () => {
    const scan = async () => {
      const days = { fromDay: '2026-02-10', toDay: '2026-02-11' };
      const request = { customerId: 'acme', ...days, cause: 'schedule', requestedBy: 'schedule' } as const;
      const { scanId } = await ctx.db.transaction((tx) => requestScanFor(ctx, request, tx));
      await runScan(ctx, scanId, never);
    };
    await scan();
    await scan();
    expect(await caseOf('scan failing acme')).toBeUndefined();
    await sql(
      `INSERT INTO scans (id, customer_id, from_day, to_day, cause, requested_by, status, ended_at)
       VALUES ($1, 'acme', '2026-02-10', '2026-02-11', 'after repair', 'relook', 'succeeded', now())`,
      [randomUUID()],
    );
    await scan();
    expect(await caseOf('scan failing acme')).toMatchObject({
      event: 'scan failing',
      customer_id: 'acme',
      path: '/customers/acme',
      resolved_at: null,
    });
  });
});

it('customers that nobody looked at for two periods are told of, not while everything is stopped, until looked at', async () => {
  const [startMs, periodMs] = [clock.now(), ctx.config.detection.scanEveryMs];
  const look = () => lookAtConditions(ctx, startMs);
  await look();
  clock.set(new Date(startMs + 2 * periodMs).toISOString());
  await look();
  expect(await caseOf('scan overdue bolt')).toBeUndefined();
  clock.set(new Date(startMs + 2 * periodMs + 6 * 60_000).toISOString());
  await sql(`INSERT INTO stops (id, stopped_by, reason, immediately) VALUES ($1, 'olga', 'why', false)`, [
    randomUUID(),
  ]);
  await look();
  expect(await caseOf('scan overdue bolt')).toBeUndefined();
  await sql(`UPDATE stops SET lifted_by = 'olga', lifted_reason = 'over', lifted_at = now() - interval '1 minute'`);
  await look();
  expect(await caseOf('scan overdue bolt')).toMatchObject({
    event: 'scan overdue',
    customer_id: 'bolt',
    title: 'The scan of bolt is overdue.',
  });
  await sql('UPDATE stops SET lifted_at = $1', [new Date(clock.now())]);
  await look();
  expect(await caseOf('scan overdue bolt')).toMatchObject({ resolved_at: null });
  const schedule = (lookedAtMs: number, failures: number) =>
    sql(
      `INSERT INTO scheduled_customers (customer_id, looked_at, failures, failure) VALUES ('bolt', $1, $2, 'No right.')
       ON CONFLICT (customer_id) DO UPDATE SET looked_at = excluded.looked_at, failures = excluded.failures`,
      [new Date(lookedAtMs), failures],
    );
  await schedule(clock.now(), 0);
  await look();
  expect((await caseOf('scan overdue bolt')).resolution).toBe('bolt was looked at again.');

  await schedule(clock.now() - 5 * periodMs, 3);
  await look();
  expect(await caseOf('scan failing bolt')).toMatchObject({
    lines: ['No right.', expect.anything()],
    resolved_at: null,
  });
  expect((await caseOf('scan overdue bolt')).resolved_at).not.toBeNull();
  const ended = (status: string, seconds: number) =>
    sql(
      `INSERT INTO scans (id, customer_id, status, from_day, to_day, cause, requested_by, ended_at)
       VALUES ($1, 'bolt', $2, '2026-02-10', '2026-02-11', 'person', 'olga', now() + $3 * interval '1 second')`,
      [randomUUID(), status, seconds],
    );
  await sql(`UPDATE scheduled_customers SET asked_at = now() WHERE customer_id = 'bolt'`);
  await ended('succeeded', 1);
  await sql(
    `UPDATE notification_cases SET resolved_at = now(), resolution = 'scanned' WHERE case_key = 'scan failing bolt'`,
  );
  await look();
  expect((await caseOf('scan failing bolt')).resolution).toBe('scanned');
  await sql(`UPDATE scheduled_customers SET asked_at = now() + interval '1 minute' WHERE customer_id = 'bolt'`);
  await look();
  expect(await caseOf('scan failing bolt')).toMatchObject({ resolved_at: null });
  await schedule(clock.now() + 1_000, 0);
  await look();
  expect((await caseOf('scan failing bolt')).resolution).toBe('bolt is scanned again.');
});

it('what happened once and is over closes after a day, and a miss of an increment stays open', async () => {
  for (const event of ['campaign ended', 'increment missed', 'order stopped'])
    await sql(
      `INSERT INTO notification_cases (case_key, event, title, path, updated_at)
       VALUES ($1, $1, 'It happened.', '/schedule', now() - interval '25 hours')`,
      [event],
    );
  await lookAtConditions(ctx, 0);
  expect((await caseOf('campaign ended')).resolution).toMatch(/happened once/);
  expect((await caseOf('increment missed')).resolution).toBeNull();
  expect((await caseOf('order stopped')).resolution).toBeNull();
});

async function aRun(labels: string): Promise<string> {
  const id = randomUUID();
  await sql(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by)
     VALUES ($1, 'acme', 'replace', '2026-02-10', '2026-02-12', '{}', '{}', '', 'running', 'olga')`,
    [id],
  );
  const base = { strategy: 'replace', hasRows: true, attempt: 1, tries: 1, backupAttempt: 1, wrongRows: null };
  const stopped = { status: 'needs attention', labels, sentence: 'The relabel Job failed.' };
  const state = { ...base, deletingRest: false, passingSinceMs: null, ...stopped };
  await sql(
    `INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan, failure)
     VALUES ($1, $2, 0, '2026-02-10', '2026-02-10', '{}', 'needs attention', $3, '{}', $4)`,
    [randomUUID(), id, JSON.stringify(state), state.sentence],
  );
  return id;
}
