import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { dayStartMs } from '@/lib/days';
import { flagsOf } from '@/lib/detection/flags';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { newestDay } from '@/lib/detection/judge/newest-day';
import { quickCheck } from '@/lib/detection/judge/quick-check';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { readWhy } from '@/lib/detection/view/read-why';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase, freshName } from '@/tests/support/fresh';
import type { Row } from './oracle';
import { writeRows } from './tables';

const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const day = '2026-02-10';
const at = (time: string) => Date.parse(`${day}T${time}Z`);

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

async function customerWith(
  rows: { truth: Row[]; labels: Row[] },
  timeZone = 'UTC',
  database?: string,
): Promise<Customer> {
  const customer = {
    id: freshName('acme').replaceAll('_', '-'),
    displayName: 'Acme',
    profiles: ['p1'],
    database: database ?? (await freshDatabase()),
    timeZone,
  };
  await addCustomer(ctx, customer, actor);
  const own = (row: Row): Row => ({ ...row, customer: row.customer === 'own' ? customer.id : row.customer });
  await writeRows(ctx.admin, customer.database, 'truth', rows.truth.map(own));
  await writeRows(ctx.admin, customer.database, 'labels', rows.labels.map(own));
  return customer;
}

const row = (id: string, values: Partial<Row> = {}): Row => ({
  id,
  customer: 'own',
  profile: 'p1',
  agent: 'ann',
  useCase: 'sales',
  startMs: at('10:00:00'),
  endMs: at('10:30:00'),
  versionMs: at('11:00:00'),
  ...values,
});

const answerOf = async (customer: Customer) => {
  const scope = scopeOf(customer, day, '2026-02-11');
  const { days, ...classified } = await classifyScope(ctx, scope);
  const found = await classified.conversations();
  return { day: days[0], found: Object.fromEntries(found.map((one) => [one.conversationId, flagsOf(one.flags)])) };
};

describe('hand-made conversations', () => {
  it('each flag is set where its definition says, and only there', async () => {
    const customer = await customerWith({
      truth: [
        row('fresh'),
        row('unassigned', { agent: null }),
        row('agent', { agent: 'bob' }),
        row('use-case'),
        row('end-hour'),
        row('duplicate'),
        row('duplicate-all-wrong'),
        row('missing'),
        row('profile'),
        row('unmerged', { versionMs: at('11:00:01') }),
        row('unmerged', { agent: 'old', versionMs: at('11:00:00') }),
        row('newest-unassigned', { agent: 'old', versionMs: at('11:00:00') }),
        row('newest-unassigned', { agent: null, versionMs: at('11:00:01') }),
      ],
      labels: [
        row('fresh'),
        row('unassigned', { agent: '' }),
        row('agent', { agent: 'ann' }),
        row('use-case', { useCase: 'support' }),
        row('end-hour', { endMs: 0 }),
        row('duplicate'),
        row('duplicate', { agent: 'bob' }),
        row('duplicate-all-wrong', { agent: 'bob' }),
        row('duplicate-all-wrong', { useCase: 'support' }),
        row('orphan'),
        row('profile', { profile: 'p2' }),
        row('unmerged', { useCase: 'old', versionMs: at('11:00:00') }),
        row('unmerged', { versionMs: at('11:00:01') }),
        row('newest-unassigned', { agent: '' }),
      ],
    });
    const answer = await answerOf(customer);
    expect(answer.found).toMatchObject({
      agent: ['wrongAgent'],
      'use-case': ['wrongUseCase'],
      'end-hour': ['wrongEndHour'],
      duplicate: ['duplicate'],
      'duplicate-all-wrong': ['wrongAgent', 'wrongUseCase', 'duplicate'],
      missing: ['missing'],
      profile: ['wrongCustomer'],
      orphan: ['orphan'],
    });
    expect(answer.found.fresh ?? []).toEqual([]);
    expect(answer.found.unmerged ?? []).toEqual([]);
    expect(answer.found['newest-unassigned'] ?? []).toEqual([]);
    expect(answer.day).toMatchObject({
      conversations: 11,
      affected: 8,
      stale: 5,
      duplicates: 2,
      missing: 1,
      orphans: 1,
      open: 0,
      settling: 0,
    });
    expect(answer.day?.byAgent).toEqual([
      { key: 'ann', affected: 7, stale: 4, duplicates: 2 },
      { key: 'bob', affected: 1, stale: 1, duplicates: 0 },
    ]);
  });

  it('swapped parts do not cancel, in one conversation or across two', async () => {
    const customer = await customerWith({
      truth: [row('swap', { agent: 'x', useCase: 'y' }), row('a', { agent: 'A' }), row('b', { agent: 'B' })],
      labels: [row('swap', { agent: 'y', useCase: 'x' }), row('a', { agent: 'B' }), row('b', { agent: 'A' })],
    });
    const { found } = await answerOf(customer);
    expect(found).toEqual({ swap: ['wrongAgent', 'wrongUseCase'], a: ['wrongAgent'], b: ['wrongAgent'] });
  });

  it('a label on another day, or of another customer, is found and counted once, on the truth’s day', async () => {
    const nextDay = { startMs: at('10:00:00') + 86_400_000, endMs: at('10:30:00') };
    const customer = await customerWith({
      truth: [row('elsewhere'), row('twice'), row('foreign')],
      labels: [
        row('elsewhere', { ...nextDay }),
        row('twice'),
        row('twice', { ...nextDay, agent: 'bob' }),
        row('foreign', { customer: 'somebody-else' }),
      ],
    });
    const scope = scopeOf(customer, day, '2026-02-12');
    const classified = await classifyScope(ctx, scope, { chunkRows: 1 });
    expect(classified.days.map((one) => [one.day, one.conversations, one.affected, one.orphans, one.missing])).toEqual([
      [day, 3, 2, 0, 0],
      ['2026-02-11', 0, 0, 0, 0],
    ]);
    expect(classified.days[0]?.flags).toMatchObject({ duplicate: 1, wrongCustomer: 1 });
  });

  it('in a database that customers share, one customer’s rows are nothing to the other', async () => {
    const database = await freshDatabase();
    const rows = { truth: [row('one'), row('two')], labels: [row('one'), row('two', { agent: 'bob' })] };
    const other = { truth: [row('three')], labels: [row('three'), row('four')] };
    const first = await customerWith(rows, 'UTC', database);
    const second = await customerWith(other, 'UTC', database);
    expect((await answerOf(first)).day).toMatchObject({ conversations: 2, affected: 1, orphans: 0 });
    expect((await answerOf(second)).day).toMatchObject({ conversations: 1, affected: 1, orphans: 1 });
  });

  it('a day begins at its first instant, also where it has no midnight', async () => {
    const startMs = dayStartMs('2026-04-24', 'Africa/Cairo');
    const times = {
      before: startMs - 1,
      first: startMs,
      last: startMs + 23 * 3_600_000 - 1,
      after: startMs + 23 * 3_600_000,
    };
    const truth = Object.entries(times).map(([id, ms]) => row(id, { startMs: ms, endMs: ms + 1_000 }));
    const customer = await customerWith({ truth, labels: truth }, 'Africa/Cairo');
    const { days } = await classifyScope(ctx, scopeOf(customer, '2026-04-23', '2026-04-26'));
    expect(days.map((one) => [one.day, one.conversations, one.affected])).toEqual([
      ['2026-04-23', 1, 0],
      ['2026-04-24', 2, 0],
      ['2026-04-25', 1, 0],
    ]);
  });
});

describe('a quick check', () => {
  it('answers a day with where the numbers come from, and the day’s conversations with truth beside labels', async () => {
    const customer = await customerWith({
      truth: [
        row('wrong-1', { agent: 'bob' }),
        row('wrong-2', { useCase: 'support' }),
        row('right'),
        row('still-open', { startMs: at('09:30:00'), endMs: 0 }),
      ],
      labels: [
        row('wrong-1'),
        row('wrong-1', { agent: 'cleo', versionMs: at('12:00:00') }),
        row('wrong-2'),
        row('right'),
        row('gone'),
      ],
    });
    const { day: checked, provenance } = await quickCheck(ctx, { customerId: customer.id, day });
    expect(checked).toMatchObject({ conversations: 4, affected: 3, stale: 2, orphans: 1, open: 1 });
    expect(provenance.queryIds.length).toBeGreaterThan(4);
    expect(provenance.rowsRead).toBeGreaterThanOrEqual(9);
    const base = { customerId: customer.id, day };
    const idsOf = async (query: object) =>
      (await listConversations(ctx, { ...base, ...query })).rows.map((one) => one.conversationId);
    expect(await idsOf({})).toEqual(['gone', 'wrong-1', 'wrong-2']);
    expect(await idsOf({ flags: ['wrongUseCase', 'orphan'] })).toEqual(['gone', 'wrong-2']);
    expect(await idsOf({ flags: null })).toEqual(['gone', 'right', 'still-open', 'wrong-1', 'wrong-2']);
    expect(await idsOf({ class: 'open' })).toEqual(['still-open']);
    expect(await idsOf({ class: 'fresh' })).toEqual(['right']);
    expect(await idsOf({ agent: 'cleo' })).toEqual(['wrong-1']);
    expect(await idsOf({ useCase: 'support' })).toEqual(['wrong-2']);
    expect(await idsOf({ search: 'WRONG' })).toEqual(['wrong-1', 'wrong-2']);
    const byStart = await idsOf({ flags: null, sort: 'start' });
    expect(byStart).toEqual(['still-open', 'gone', 'right', 'wrong-1', 'wrong-2']);
    expect((await idsOf({ flags: null, sort: '-start' })).at(-1)).toBe('still-open');
    expect(await idsOf({ flags: null, sort: '-start', offset: 3 })).toEqual(['wrong-2', 'still-open']);
    const agents = (await listConversations(ctx, { ...base, flags: null, sort: 'agent' })).rows;
    const named = agents.map(({ truth, labels }) => (truth ?? labels[0])?.agent ?? '');
    expect(named).toEqual(named.toSorted());
    expect(new Set(agents.map((one) => one.conversationId))).toEqual(new Set(byStart));
    const page = await listConversations(ctx, { ...base, offset: 1, rowsMax: 1 });
    expect(page.total).toBe(3);
    expect(page.rows).toEqual([
      {
        conversationId: 'wrong-1',
        flags: 9,
        class: 'affected',
        truth: expect.objectContaining({ agent: 'bob', startAtMs: at('10:00:00'), endAtMs: at('10:30:00') }),
        labels: [expect.objectContaining({ agent: 'cleo' }), expect.objectContaining({ agent: 'ann' })],
      },
    ]);
    expect(await newestDay(ctx, customer)).toEqual({ day, later: 0 });
    const why = await readWhy(ctx, { customer: customer.id, day });
    expect(why).toMatchObject({ lookedAt: 3, total: 3 });
    expect(why.origins.map(({ kind }) => kind).sort()).toEqual(['late', 'late', 'orphan']);
  }, 120_000);

  it('says to scan instead when the day is larger than a quick answer may read', async () => {
    const truth = Array.from({ length: 40 }, (_, at) => row(`c${at}`));
    const customer = await customerWith({ truth, labels: truth });
    const config = { ...ctx.config, detection: { ...ctx.config.detection, quickRowsMax: 30 } };
    await expect(quickCheck({ ...ctx, config }, { customerId: customer.id, day })).rejects.toMatchObject({
      code: 'limit',
      message: expect.stringContaining('Start a scan'),
    });
  });
});
