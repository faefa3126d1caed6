import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { rowHistory } from '@/lib/backfill/backups/row-history';
import type { Customer } from '@/lib/customers/model';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { tagIn } from '@/lib/label-store/model';
import type { TestContext } from '@/tests/support/context';
import { hostileTexts } from '@/tests/support/hostile';
import { dayOfIncident, incidentOf, reached, start } from '@/tests/support/repair';
import { workingContext } from '@/tests/support/worker';

const names = Object.keys(hostileTexts);
const texts = Object.values(hostileTexts);
const profiles = texts.filter((text) => text.length <= 200 && text.trim() !== '');
const noonMs = Date.parse(`${incidentDay}T12:00:00Z`);
const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** What each hostile conversation is: a label with another hostile agent than the truth. */
const conversations = texts.map((id, index) => ({
  id,
  profile: at(profiles, index + 3),
  agent: at(texts, index + 1),
  staleAgent: at(texts, index + 2),
  useCase: at(texts, index + 5),
  startMs: noonMs + index * 60_000,
  endMs: noonMs + index * 60_000 + 30_000,
}));

let ctx: TestContext;
let customer: Customer;
let runId: string;
let before: { others: string[] };

const ask = async <Row>(query: string): Promise<Row[]> =>
  (await ctx.admin.client.query({ query, format: 'JSONEachRow' })).json<Row>();

/** Rows of the neighbours: lookalike customers, and the days beside the repaired one. */
const readOthers = async () =>
  (
    await ask<object>(`
      SELECT * FROM ${customer.database}.conversation_with_labels
      WHERE customer_id != '${customer.id}' OR toDate(conversation_start_time) != '${incidentDay}'
      ORDER BY ALL`)
  ).map((row) => JSON.stringify(row));

beforeAll(async () => {
  ctx = await workingContext();
  customer = await incidentOf(ctx, {
    change(plan) {
      plan.customer.profiles = [...plan.customer.profiles, ...profiles];
      const rows = conversations.map(({ staleAgent: _, ...row }) => ({ ...row, updatedMs: row.endMs + 1_000 }));
      plan.rows.truth.push(rows);
      plan.rows.labels.push(
        conversations.map(({ staleAgent, ...row }) => ({ ...row, agent: staleAgent, updatedMs: row.endMs + 2_000 })),
      );
    },
  });
  const labels = `${customer.database}.conversation_with_labels`;
  const own = `
    FROM (
    SELECT * FROM ${labels}
    WHERE customer_id = '${customer.id}' AND toDate(conversation_start_time) = '${incidentDay}'
      AND toHour(conversation_start_time) != 12
    ORDER BY conversation_id LIMIT 10)`;
  for (const change of [
    `concat(customer_id, '''') AS customer_id`,
    `'%' AS customer_id`,
    `concat(conversation_id, ' next') AS conversation_id, conversation_start_time + INTERVAL 1 DAY AS conversation_start_time`,
    `concat(conversation_id, ' last') AS conversation_id, conversation_start_time - INTERVAL 1 DAY AS conversation_start_time`,
  ])
    await ctx.admin.client.command({ query: `INSERT INTO ${labels} SELECT * REPLACE (${change}) ${own}` });
  before = { others: await readOthers() };
});
afterAll(() => ctx?.close());

describe('conversations, profiles, agents and use cases with hostile names', () => {
  it('are found stale, each with its evidence unchanged', async () => {
    const { rows } = await listConversations(ctx, {
      customerId: customer.id,
      day: incidentDay,
      flags: ['wrongAgent'],
      rowsMax: 500,
      offset: 0,
    });
    const found = new Map(rows.map((row) => [row.conversationId, row]));
    for (const [index, wanted] of conversations.entries()) {
      const row = found.get(wanted.id);
      expect(row?.truth, names[index]).toMatchObject({
        agent: wanted.agent,
        useCase: wanted.useCase,
        profileId: wanted.profile,
      });
      expect(row?.labels, names[index]).toEqual([expect.objectContaining({ agent: wanted.staleAgent })]);
    }
  });

  it('are searched for as text', async () => {
    for (const [index, { id }] of conversations.entries()) {
      if (id.length > 200 || id.trim() === '') continue;
      const { rows } = await listConversations(ctx, {
        customerId: customer.id,
        day: incidentDay,
        flags: [],
        search: id,
        rowsMax: 10,
        offset: 0,
      });
      expect(
        rows.map((row) => row.conversationId),
        names[index],
      ).toContain(id);
    }
  });

  it('go through plan, backup, delete and relabel, and come out as the truth has them', async () => {
    runId = await start(ctx, dayOfIncident(customer));
    const run = await reached(ctx, runId, ['verified']);
    expect(run.units[0]?.evidence).toMatchObject({ stale: 0, missing: 0, lost: 0, duplicates: 0 });
    const rows = await ask<{ conversation_id: string; profile_id: string; agent_user_id: string; usecase_id: string }>(`
      SELECT conversation_id, profile_id, agent_user_id, usecase_id
      FROM ${customer.database}.conversation_with_labels FINAL
      WHERE customer_id = '${customer.id}' AND toDate(conversation_start_time) = '${incidentDay}'`);
    const found = new Map(rows.map((row) => [row.conversation_id, row]));
    for (const [index, { id, profile, agent, useCase }] of conversations.entries())
      expect(found.get(id), names[index]).toEqual({
        conversation_id: id,
        profile_id: profile,
        agent_user_id: agent,
        usecase_id: useCase,
      });
    expect(found.size).toBe(rows.length);
  });

  it('leave lookalike customers and the days beside untouched', async () => {
    expect(before.others).toHaveLength(40);
    expect(await readOthers()).toEqual(before.others);
  });
});

describe('who deleted this row, when, why, and what was in it', () => {
  it('is answered for each conversation, from its backup, its run and the audit', async () => {
    for (const [index, { id, profile, staleAgent, useCase }] of conversations.entries()) {
      const history = await rowHistory(ctx, { customerId: customer.id, conversationId: id });
      const name = names[index];
      expect(history.rows, name).toHaveLength(1);
      const [row] = history.rows;
      expect(row?.columns, name).toMatchObject({
        conversation_id: id,
        customer_id: customer.id,
        profile_id: profile,
        agent_user_id: staleAgent,
        usecase_id: useCase,
      });
      expect(row?.run, name).toMatchObject({ id: runId, day: incidentDay, startedBy: 'olga', reason: 'test' });
      expect(row?.deletedAtMs, name).toBeGreaterThan(row?.backedUpAtMs ?? Number.POSITIVE_INFINITY);
      expect(row?.sentence, name).toBe(
        `Deleted by a "${row?.run?.strategy}" of ${incidentDay} that olga started, because: test.`,
      );
      expect(tagIn(`slc:${row?.backupId}`)?.runId, name).toBe(runId);
      expect(
        history.audit.map((entry) => entry.action),
        name,
      ).toEqual(expect.arrayContaining(['backfill.start', 'backfill.verified']));
    }
  });

  it('says so where no backup has the conversation', async () => {
    const history = await rowHistory(ctx, { customerId: customer.id, conversationId: 'nobody' });
    expect(history).toMatchObject({ rows: [], sentence: expect.stringContaining('No backup holds a label row') });
  });

  it('the run’s audit rows carry its days, its plan and its requester', async () => {
    const rows = await listAudit(ctx, { runId, day: incidentDay });
    expect(rows.map((row) => [row.action, row.fromDay, row.toDay])).toEqual([
      ['backfill.verified', incidentDay, '2026-02-11'],
      ['backfill.start', incidentDay, '2026-02-11'],
    ]);
    expect(new Set(rows.map((row) => row.planHash)).size).toBe(1);
    expect(rows[0]?.planHash).toMatch(/^[0-9a-f]{64}$/);
  });
});
