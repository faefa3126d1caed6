import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackfill } from '@/lib/backfill/control/start-backfill';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { incidentDay } from '@/lib/embedded/demo/incident';
import type { DemoLabel, DemoTruth } from '@/lib/embedded/demo/model';
import { type TestContext, testContext } from '../../support/context';
import { checkOf, dayOfIncident, incidentOf, operator } from '../../support/repair';
import { until } from '../../support/until';

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
const sql = (ctx: TestContext, query: string) => ctx.admin.client.command({ query });

describe('a pre-check of a repair', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());

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

  it('takes an end of 9999 or "infinity" for open on both sides, and names it', async () => {
    const [open, forever] = [conversation(at('12:00:00')), conversation(at('13:00:00'))];
    const customer = await incidentOf(ctx, { change: ({ rows }) => rows.truth[1]?.push(open, forever) });
    await sql(
      ctx,
      `INSERT INTO ${customer.database}.conversation SELECT * REPLACE ('9999-12-31 00:00:00' AS conversation_end_time,
         update_time + INTERVAL 1 SECOND AS update_time) FROM ${customer.database}.conversation
       WHERE conversation_id IN ('${open.id}', '${forever.id}')`,
    );
    for (const [one, end] of [
      [open, '9999-12-31'],
      [forever, 'infinity'],
    ] as const)
      await ctx.chats.pool.query(
        `INSERT INTO chats (id, customer_id, profile_id, agent_user_id, usecase_id, channel, created_at, ended_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, 'chat', to_timestamp($6::float8 / 1000), $7, now())
         ON CONFLICT (customer_id, profile_id, id) DO UPDATE SET ended_at = excluded.ended_at`,
        [one.id, customer.id, one.profile, one.agent, one.useCase, one.startMs, end],
      );
    const plan = await planBackfill(ctx, dayOfIncident(customer));
    expect(plan.units[0]?.days[0]?.counts).toMatchObject({ open: 2, missing: 0 });
    expect(checkOf(plan, 'chats')).toMatchObject({ verdict: 'pass', numbers: { closedTruth: 50, closedChats: 50 } });
    // Older versions keep 9999 as 2299.
    expect(checkOf(plan, 'ends')?.sentence).toMatch(
      /^2 conversations end at (9999|2299)-12-31, which is not a real end: they count as open[.]$/,
    );
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
    expect(plan.units[0]).toMatchObject({ openThatLoseLabel: 1, conversationsToRelabel: 50, rowsToDelete: 51 });
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
});
