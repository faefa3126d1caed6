import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClickHouse } from '@/lib/clickhouse/client';
import { findAnything } from '@/lib/find/find-anything';
import type { Search } from '@/lib/find/model';
import { listFindings } from '@/lib/findings/list-findings';
import { runCli } from '@/tests/support/bundled';
import { type TestContext, testContext } from '@/tests/support/context';
import { adminOf, testLog } from '@/tests/support/fresh';
import { looked, recordLooks } from '@/tests/support/looks';
import { conversationId, nowMs, registerCustomers, sharedId } from './registry';

const run = 'abcdef12-3456-4789-8abc-def012345678';
let ctx: TestContext;

beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => nowMs } });
  await registerCustomers(ctx);
  const agents = [{ key: 'Corinne Harmon', affected: 17, stale: 17, duplicates: 0 }];
  await recordLooks(ctx, 'alaska-air', [
    looked('2026-02-08', nowMs, 0, { settling: 3 }),
    looked('2026-02-09', nowMs, 0),
    looked('2026-02-10', nowMs, 17, { byAgent: agents }),
    looked('2026-02-11', nowMs, 0, { atLeast: true }),
  ]);
  const admin = adminOf(new URL(ctx.env.DATABASE_URL ?? '').pathname.slice(1));
  await admin.pool.query(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, status, plan_hash, plan, started_by)
     VALUES ($1, 'alaska-air', 'replace', '2026-02-10', '2026-02-11', '{"timeZone":"UTC"}', 'verified', 'h', '{}', 'olga')`,
    [run],
  );
  await admin.close();
});
afterAll(() => ctx.close());

const find = (text: string, more: Omit<Search, 'text'> = {}, role: 'viewer' | 'operator' = 'viewer') =>
  findAnything(ctx, { text, ...more }, { role });
const ofAlaska = (text: string) => find(`alaska-air ${text}`);

describe('the verdict claims no more than was counted', () => {
  test.each([
    ['10 Feb 2026', 'wrong', '17 of 100 conversations have wrong labels on 10 Feb 2026.'],
    ['9 Feb 2026', 'right', 'All 100 conversations on 9 Feb 2026 were counted; no label is wrong.'],
    ['8 Feb 2026', 'unknown', '3 conversations on 8 Feb 2026 cannot be judged yet.'],
    ['11 Feb 2026', 'unknown', 'the scan did not count everything.'],
    ['12 Feb 2026', 'unknown', 'Not looked at: no scan has counted the labels on 12 Feb 2026.'],
    ['9-12 Feb 2026', 'wrong', '1 day was not looked at.'],
    ['12-13 Feb 2026', 'unknown', 'Not looked at'],
    ['2026-03-01', 'unknown', 'is in the future'],
  ])('%s is %s', async (days, tone, sentence) => {
    expect((await ofAlaska(days)).verdict).toMatchObject({ tone, sentence: expect.stringContaining(sentence) });
  });
});

describe('the button', () => {
  test('opens the day of the agent, its conversation, Active Days or the customer', async () => {
    const day = await ofAlaska('Corinne Harmon 10 Feb 2026');
    expect(day.parts).toEqual(['Alaska Air', '10 Feb 2026', 'Corinne Harmon']);
    expect(day.verdict?.sentence).toContain('17 of them concern Corinne Harmon.');
    expect(day.button?.target).toEqual({
      kind: 'day',
      customerId: 'alaska-air',
      day: '2026-02-10',
      agent: 'Corinne Harmon',
      useCase: undefined,
    });
    const id = conversationId('alaska-air', '2026-02-10', 0);
    expect((await find(id.toUpperCase())).button?.target).toMatchObject({ kind: 'day', conversation: id });
    const days = { customerId: 'alaska-air', from: '2026-02-09', to: '2026-02-12' };
    expect((await ofAlaska('Corinne Harmon 9-11 Feb')).button?.target).toEqual({ kind: 'active days', ...days });
    expect((await ofAlaska('9-11 Feb')).button?.target).toEqual({ kind: 'customer', ...days });
    expect((await find('corinne harmon')).button?.target).toMatchObject({
      kind: 'active days',
      customerId: 'alaska-air',
    });
    expect((await find('use case billing-chat at contoso telecom 10 Feb')).useCases).toEqual(['billing-chat']);
    expect((await find('asa')).button).toEqual({
      label: 'Open Alaska Air',
      target: { kind: 'customer', customerId: 'alaska-air' },
    });
  });

  test('scans a day that nobody looked at, for who may', async () => {
    const text = 'alaska-air 12 Feb 2026';
    expect((await find(text, {}, 'operator')).button?.target).toMatchObject({ kind: 'scan', from: '2026-02-12' });
    expect((await find(text)).button?.target).toMatchObject({ kind: 'day', day: '2026-02-12' });
  });

  test('opens a run by its id, the beginning of it, and its address, and the day of a finding', async () => {
    for (const text of [run, 'abcdef12', 'run abcdef', `https://console.example/backfills/${run}?unit=2026-02-10`])
      expect((await find(text)).button?.target, text).toEqual({ kind: 'run', runId: run });
    const [finding] = (await listFindings(ctx)).rows;
    const found = await find(`see https://console.example/findings/${finding?.id}`);
    expect(found).toMatchObject({ customerId: 'alaska-air', days: { from: '2026-02-10', to: '2026-02-11' } });
  });
});

describe('what is not sure is asked', () => {
  test('an id that two customers have, an agent that two have, and nobody', async () => {
    const shared = await find(
      `please look at ${sharedId}, it has the wrong label since it was handed to somebody else`,
    );
    expect(shared).toMatchObject({ customerId: null, button: null, verdict: null });
    expect(shared.ask?.choices.map(({ set }) => set.customer).sort()).toEqual(['alaska-air', 'contoso']);
    expect((await find('dana whitfield')).ask?.choices).toHaveLength(2);
    const chosen = await find(`please look at ${sharedId}`, { customer: 'contoso' });
    expect(chosen).toMatchObject({ customerId: 'contoso', conversations: [sharedId], ask: null });
    expect((await find('An agent shows 0 active days')).notes).toEqual([
      expect.stringContaining('Nothing in this text'),
    ]);
  });

  test('the customer of the page is a choice where the text names none, and nothing where it names one', async () => {
    const found = await find('0 active days on 10 Feb 2026', { here: 'alaska-air' });
    expect(found).toMatchObject({ customerId: null, button: null, parts: ['10 Feb 2026'] });
    expect(found.ask?.choices).toMatchObject([
      { set: { customer: 'alaska-air' }, detail: expect.stringContaining('this page') },
    ]);
    expect((await find('contoso 10 Feb', { here: 'alaska-air' })).customerId).toBe('contoso');
  });

  test('a day that may be two', async () => {
    const found = await find('alaska-air 02/01/2026');
    expect(found).toMatchObject({ customerId: 'alaska-air', days: null, button: null, verdict: null });
    const [first] = found.ask?.choices ?? [];
    expect(found.ask?.choices.map(({ set }) => set.from)).toEqual(['2026-01-02', '2026-02-01']);
    expect(await find('alaska-air 02/01/2026', first?.set)).toMatchObject({ days: { from: '2026-01-02' }, ask: null });
  });

  test('an id of somebody else than the text says', async () => {
    const id = conversationId('contoso', '2026-02-10', 0);
    const found = await find(`Northwind Bank says that ${id} has the label of the former agent`);
    expect(found).toMatchObject({ customerId: null, button: null });
    expect(found.ask?.choices.map(({ set }) => set.customer)).toEqual(['northwind', 'contoso']);
  });
});

test('while ClickHouse is away a ticket still finds its day, and what was not looked up is said and not "not found"', async () => {
  const away = new ClickHouse({ url: 'http://127.0.0.1:1', user: { name: 'slc_reader', password: 'x' }, log: testLog });
  const id = conversationId('alaska-air', '2026-02-10', 0);
  const offline = (text: string) => findAnything({ ...ctx, clickhouse: away }, { text }, { role: 'viewer' });
  try {
    const named = await offline(`alaska-air 10 Feb 2026, conversation ${id} of Corinne Harmon`);
    expect(named).toMatchObject({ customerId: 'alaska-air', days: { from: '2026-02-10' }, verdict: { tone: 'wrong' } });
    expect(named.notes.join(' ')).toContain('ClickHouse does not answer, so the conversations were not looked up.');
    expect(named.notes.join(' ')).not.toContain('no conversation');
    const unnamed = await offline(id);
    expect(unnamed).toMatchObject({ customerId: null, button: null });
    expect(unnamed.notes.join(' ')).toContain('ClickHouse does not answer');
  } finally {
    await away.close();
  }
});

test('an id that no registered customer has is said to be none, and a text that is too long is refused', async () => {
  const found = await find('alaska-air conversation id 99999999-aaaa-4aaa-8aaa-aaaaaaaaaaaa');
  expect(found.notes.join(' ')).toContain('is no conversation of a registered customer');
  await expect(find('a '.repeat(10_001))).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('longer than 20,000 characters'),
  });
});

test('the command line prints what was understood, the verdict and the page, or asks with exit code 5', async () => {
  const found = await runCli(ctx.env, ['find', 'alaska-air', '10', 'Feb', '2026']);
  expect(found).toMatchObject({ code: 0, out: expect.stringContaining('Alaska Air · 10 Feb 2026\nwrong: 17 of 100') });
  expect(found.out).toContain('Open the day: http://127.0.0.1:3000/customers/alaska-air/days/2026-02-10');
  const asked = await runCli(ctx.env, ['find', 'Twin Hotels', '--json']);
  expect(asked.code).toBe(5);
  expect(JSON.parse(asked.out).ask.choices).toHaveLength(2);
  expect(await runCli(ctx.env, ['find', 'Twin Hotels', '--customer', 'twin-b'])).toMatchObject({ code: 0 });
});
