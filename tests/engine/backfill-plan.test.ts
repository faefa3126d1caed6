import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decideApproval } from '@/lib/approvals/decide-approval';
import { getApproval } from '@/lib/approvals/list-approvals';
import type { Actor } from '@/lib/auth/model';
import { askApproval } from '@/lib/backfill/ask-approval';
import { controlRun } from '@/lib/backfill/control-run';
import { getRun } from '@/lib/backfill/get-run';
import type { Plan } from '@/lib/backfill/model';
import { planBackfill } from '@/lib/backfill/plan-backfill';
import { startBackfill } from '@/lib/backfill/start-backfill';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import type { Customer } from '@/lib/customers/model';
import { createCustomerTables } from '@/lib/embedded/demo/build-customer';
import { incidentDay } from '@/lib/embedded/demo/incident';
import type { DemoLabel, DemoTruth } from '@/lib/embedded/demo/model';
import { type TestContext, testContext } from '../support/context';
import { dayOfIncident, incidentOf, operator, start } from '../support/repair';
import { until } from '../support/until';

const at = (clock: string, day = incidentDay) => Date.parse(`${day}T${clock}Z`);
const conversation = (startMs: number, more: Partial<DemoLabel> = {}): DemoTruth & DemoLabel => ({
  id: randomUUID(),
  profile: 'reservations',
  agent: 'Grace Ito',
  useCase: 'baggage-chat',
  startMs,
  endMs: startMs + 600_000,
  updatedMs: startMs + 660_000,
  ...more,
});
const checkOf = (plan: Plan, id: string) => plan.checks.find((check) => check.id === id);
const sql = (ctx: TestContext, query: string) => ctx.admin.client.command({ query });

describe('the plan of a repair', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());

  it('counts what will go, come and change on the incident’s day, and every pre-check passes', async () => {
    const customer = await incidentOf(ctx, { conversations: 1_204 });
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan.checks.filter((check) => check.verdict !== 'pass')).toEqual([]);
    expect(plan.days).toMatchObject([
      {
        day: '2026-02-10',
        skip: null,
        labelRows: 1_204,
        rowsToDelete: 1_204,
        conversationsToRelabel: 1_204,
        conversationsThatChange: 17,
        orphansThatGo: 0,
        openThatLoseLabel: 0,
        counts: { conversations: 1_204, affected: 17, stale: 17, duplicates: 0 },
      },
    ]);
    expect(plan.days[0]?.partsTouched).toBeGreaterThan(0);
    expect(plan.days[0]?.bytesTouched).toBeGreaterThan(0);
    expect(plan.expectedActiveDays).toEqual([{ agent: 'Corinne Harmon', before: 0, expected: 1 }]);
    expect(plan.expectedSeconds).toBeGreaterThan(0);
  });

  it('has the same hash while nothing changes, and another as soon as one label row does', async () => {
    const customer = await incidentOf(ctx);
    const [one, two] = [
      await planBackfill(ctx, dayOfIncident(customer)),
      await planBackfill(ctx, dayOfIncident(customer)),
    ];
    expect(one.hash).toBe(two.hash);
    await sql(ctx, `OPTIMIZE TABLE ${customer.database}.conversation_with_labels FINAL`);
    expect((await planBackfill(ctx, dayOfIncident(customer))).hash).toBe(one.hash);
    await addLabel(customer, incidentDay);
    expect((await planBackfill(ctx, dayOfIncident(customer))).hash).not.toBe(one.hash);
  });

  it('gives days without a fault a row with the reason, and plans them when all days are asked for', async () => {
    const customer = await incidentOf(ctx, {
      change: ({ blocks: [block] }) => {
        block?.days.push('2026-02-11', '2026-02-12');
        block?.counts.push(30, 0);
        for (const faults of Object.values(block?.faults ?? {})) faults.push(0, 0);
      },
    });
    const request = { ...dayOfIncident(customer), toDay: '2026-02-13' };
    const affected = await planBackfill(ctx, request);
    expect(affected.days.map((day) => day.skip)).toEqual([
      null,
      'No conversation of the day is affected.',
      'The day has no conversations.',
    ]);
    const all = await planBackfill(ctx, { ...request, onlyAffected: false });
    expect(all.days.map((day) => day.rowsToDelete)).toEqual([50, 30, 0]);
  });

  it('offers "no-gap" beside "replace", which deletes the wrong rows alone', async () => {
    const customer = await incidentOf(ctx);
    const replace = await planBackfill(ctx, dayOfIncident(customer));
    const noGap = await planBackfill(ctx, dayOfIncident(customer, { strategy: 'no-gap' }));
    expect([replace.rowsToDelete, noGap.rowsToDelete]).toEqual([50, 17]);
    expect(noGap.hash).not.toBe(replace.hash);
    const offered = (replace.offers ?? []).filter((offer) => offer.possible).map((offer) => offer.strategy);
    expect(offered).toEqual(['replace', 'no-gap']);
  });

  it('needs no delete where the label key has no mutable column', async () => {
    const customer = await incidentOf(ctx);
    await createCustomerTables(ctx.admin, customer.database, { cluster: 'slc', labelKey: 'conversation only' });
    await sql(ctx, truthRow(customer, 'a', '10:00:00'));
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan).toMatchObject({ strategy: 'relabel-only', rowsToDelete: 0 });
    expect(checkOf(plan, 'relabel-only')?.verdict).toBe('pass');
  });

  it('fails "relabel-only" where it would leave duplicates', async () => {
    const customer = await incidentOf(ctx);
    const plan = await planBackfill(ctx, dayOfIncident(customer, { strategy: 'relabel-only' }));
    expect(checkOf(plan, 'relabel-only')).toMatchObject({ verdict: 'fail', numbers: { moved: 34 } });
    expect(plan.rowsToDelete).toBe(0);
  });

  it('fails when a labelled conversation has no chat, and names it', async () => {
    const customer = await incidentOf(ctx);
    const { rows } = await ctx.chats.pool.query(
      'DELETE FROM chats WHERE id = (SELECT id FROM chats WHERE customer_id = $1 ORDER BY id LIMIT 1) RETURNING id',
      [customer.id],
    );
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    const check = checkOf(plan, 'chats');
    expect(check).toMatchObject({
      verdict: 'fail',
      numbers: { closedChats: 49, closedTruth: 50, agree: 49, wouldBeLost: 1 },
    });
    expect(check?.sentence).toContain(rows[0].id);
    await expect(
      startBackfill(ctx, { ...dayOfIncident(customer), planHash: plan.hash, confirmed: ['chats'] }, operator),
    ).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('could not bring back') });
  });

  it('calls the chats unknown when they cannot be reached, and starts only when that is confirmed', async () => {
    const customer = await incidentOf(ctx);
    const blind = {
      ...ctx,
      config: loadConfig({ ...process.env, ...ctx.env, CHATS_DATABASE_URL: 'postgres://x@127.0.0.1:9/x' }),
    };
    const plan = await planBackfill(blind, dayOfIncident(customer));
    expect(checkOf(plan, 'chats')?.verdict).toBe('unknown');
    const input = { ...dayOfIncident(customer), planHash: plan.hash };
    await expect(startBackfill(blind, input, operator)).rejects.toMatchObject({
      code: 'refused',
      fields: { chats: expect.stringContaining('cannot be read') },
    });
    await expect(startBackfill(blind, { ...input, confirmed: ['chats'] }, operator)).resolves.toHaveProperty('runId');
  });

  it('fails when a label lies on the other side of the range’s edge, and offers the wider range', async () => {
    const conversationAcross = conversation(at('23:50:00'));
    const customer = await incidentOf(ctx, {
      change: ({ rows }) => {
        rows.truth[1]?.push(conversationAcross);
        rows.labels[0]?.push({ ...conversationAcross, startMs: at('00:05:00', '2026-02-11') });
      },
    });
    const check = checkOf(await planBackfill(ctx, dayOfIncident(customer)), 'edges');
    expect(check).toMatchObject({ verdict: 'fail', numbers: { crossing: 1 } });
    expect(check?.sentence).toContain('from 2026-02-10 to 2026-02-12');
    const wider = await planBackfill(ctx, { ...dayOfIncident(customer), toDay: '2026-02-12', onlyAffected: false });
    expect(checkOf(wider, 'edges')?.verdict).toBe('pass');
  });

  it('fails when a chat lies on the other side of the range’s edge', async () => {
    const customer = await incidentOf(ctx);
    await ctx.chats.pool.query(
      `UPDATE chats SET created_at = created_at - interval '2 days'
       WHERE id = (SELECT id FROM chats WHERE customer_id = $1 ORDER BY id LIMIT 1)`,
      [customer.id],
    );
    const check = checkOf(await planBackfill(ctx, dayOfIncident(customer)), 'chats');
    expect(check).toMatchObject({ verdict: 'fail', numbers: { across: 1 } });
  });

  it('refuses to remove the labels of open conversations unless that is confirmed', async () => {
    const open = conversation(at('12:00:00'), { endMs: 0 });
    const customer = await incidentOf(ctx, {
      change: ({ rows }) => {
        rows.truth[1]?.push(open);
        rows.labels[0]?.push(open);
      },
    });
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan.days[0]).toMatchObject({ openThatLoseLabel: 1, conversationsToRelabel: 50, rowsToDelete: 51 });
    expect(checkOf(plan, 'open-labels')).toMatchObject({ verdict: 'unknown', numbers: { open: 1 } });
    const input = { ...dayOfIncident(customer), planHash: plan.hash };
    await expect(startBackfill(ctx, input, operator)).rejects.toMatchObject({
      fields: { 'open-labels': expect.any(String) },
    });
    await expect(startBackfill(ctx, { ...input, confirmed: ['open-labels'] }, operator)).resolves.toBeDefined();
  });

  it('fails when the data holds a profile that is not registered', async () => {
    const other = conversation(at('12:00:00'), { profile: 'cargo' });
    const customer = await incidentOf(ctx, { change: ({ rows }) => void rows.truth[1]?.push(other) });
    const check = checkOf(await planBackfill(ctx, dayOfIncident(customer)), 'profiles');
    expect(check).toMatchObject({ verdict: 'fail', numbers: { unregistered: 1 } });
    expect(check?.sentence).toContain('cargo');
  });

  it('fails behind an unfinished mutation of somebody else', async () => {
    const customer = await incidentOf(ctx);
    await sql(
      ctx,
      `ALTER TABLE ${customer.database}.conversation_with_labels DELETE WHERE throwIf(1) SETTINGS mutations_sync = 0`,
    );
    await until('the mutation is there', async () => {
      const plan = await planBackfill(ctx, dayOfIncident(customer));
      return checkOf(plan, 'mutations')?.verdict === 'fail';
    });
    await sql(ctx, `KILL MUTATION WHERE database = '${customer.database}'`);
  });

  it('fails while labels wait in the Distributed table, which would arrive after the delete', async () => {
    const customer = await incidentOf(ctx);
    const { database } = customer;
    await sql(ctx, `SYSTEM STOP DISTRIBUTED SENDS ${database}.conversation_with_labels_d`);
    await sql(
      ctx,
      `INSERT INTO ${database}.conversation_with_labels_d SELECT * FROM ${database}.conversation_with_labels LIMIT 1
       SETTINGS prefer_localhost_replica = 0, distributed_foreground_insert = 0`,
    );
    const check = checkOf(await planBackfill(ctx, dayOfIncident(customer)), 'distribution-queue');
    expect(check).toMatchObject({ verdict: 'fail', numbers: { files: 1 } });
    expect(check?.sentence).toMatch(/1 file of labels.*Wait until/);
  });

  it('knows the free space of the disks that hold the labels', async () => {
    const customer = await incidentOf(ctx);
    const check = checkOf(await planBackfill(ctx, dayOfIncident(customer)), 'disk');
    expect(check).toMatchObject({ verdict: 'pass', numbers: { hosts: 1 } });
    expect(check?.numbers.freeBytes).toBeGreaterThan(check?.numbers.neededBytes ?? 0);
    expect(check?.numbers.neededBytes).toBeGreaterThan(0);
  });

  it('fails inside the safety margin', async () => {
    const customer = await incidentOf(ctx);
    const soon = { ...ctx, clock: fixedClock(at('01:00:00', '2026-02-11')) };
    const plan = await planBackfill(soon, dayOfIncident(customer));
    expect(checkOf(plan, 'safety-margin')).toMatchObject({
      verdict: 'fail',
      numbers: { ageMinutes: 60, marginMinutes: 120 },
    });
  });

  it('refuses a start when the plan changed, and names the day and its numbers', async () => {
    const customer = await incidentOf(ctx);
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    await addLabel(customer, incidentDay);
    await expect(
      startBackfill(ctx, { ...dayOfIncident(customer), planHash: plan.hash }, operator),
    ).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('2026-02-10 has 51 label rows now; 50 were planned.'),
    });
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
    await sql(
      ctx,
      `INSERT INTO ${customer.database}.conversation_with_labels SELECT * REPLACE ('baggage-chat' AS usecase_id,
         update_time + INTERVAL 1 SECOND AS update_time) FROM ${customer.database}.conversation_with_labels LIMIT 1`,
    );
    await expect(startBackfill(strict, first.wanted, operator)).rejects.toMatchObject({
      message: expect.stringContaining('changed'),
    });
    const second = await ask();
    await expect(startBackfill(strict, second.wanted, operator)).rejects.toMatchObject({
      message: expect.stringContaining('waiting'),
    });
    expect((await getApproval(strict, first.approvalId, operator)).state).toBe('withdrawn');
  });

  const truthRow = (customer: Customer, id: string, clock: string) =>
    `INSERT INTO ${customer.database}.conversation VALUES ('${customer.id}', 'reservations', '${id}', 'Grace Ito', 'baggage-chat', 'chat',
      '${incidentDay} ${clock}', '${incidentDay} 20:00:00', '${incidentDay} 20:01:00')`;
  const addLabel = (customer: Customer, day: string) =>
    sql(
      ctx,
      `INSERT INTO ${customer.database}.conversation_with_labels VALUES ('${randomUUID()}', '${customer.id}', 'reservations', 'Grace Ito',
        'baggage-chat', '${day} 10:00:00', '${day} 10:10:00', 1, '${day} 10:11:00')`,
    );
});
