import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import type { DemoPlan } from '@/lib/embedded/demo/model';
import { agentNames, noFaults } from '@/lib/embedded/demo/model';
import { seedCustomer } from '@/lib/embedded/demo/seed-demo';
import { createLabelerContext, labelConversations } from '@/lib/labeler/label-conversations';
import { filterName, rangeEndName, rangeStartName } from '@/lib/labeler/model';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName, testLog } from '../../support/fresh';
import { operator } from '../../support/repair';
import { until } from '../../support/until';

let ctx: TestContext;
let customer: Customer;

const hour = 3_600_000;
const midnight = Date.UTC(2026, 4, 4);
const at = (hours: number) => new Date(midnight + hours * hour).toISOString();

beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());
beforeEach(async () => {
  customer = await register(await freshDatabase());
});

async function register(database: string): Promise<Customer> {
  const id = freshName('airline');
  return addCustomer(ctx, { id, displayName: id, profiles: ['p', 'q'], database, timeZone: 'UTC' }, operator);
}

type ChatInput = {
  id: string;
  start: number;
  end: number | null;
  agent?: string | null;
  useCase?: string;
  profile?: string;
};

async function chat(input: ChatInput): Promise<void> {
  await ctx.chats.pool.query(
    `INSERT INTO chats VALUES ($1, $2, $3, $4, $5, 'chat', $6, $7, $6)
     ON CONFLICT (customer_id, profile_id, id) DO UPDATE
     SET agent_user_id = excluded.agent_user_id, usecase_id = excluded.usecase_id, ended_at = excluded.ended_at`,
    [
      input.id,
      customer.id,
      input.profile ?? 'p',
      input.agent === undefined ? 'ann' : input.agent,
      input.useCase ?? 'sales',
      at(input.start),
      input.end === null ? null : at(input.end),
    ],
  );
}

async function label(env: Record<string, string> = {}, nowHours = 48) {
  const config = loadConfig({ ...process.env, ...ctx.env, [filterName]: customer.id, ...env });
  const labeler = createLabelerContext(config, testLog, fixedClock(midnight + nowHours * hour));
  try {
    return await labelConversations(labeler, { progress: () => undefined });
  } finally {
    await labeler.close();
  }
}
const range = (from: number, to: number) => ({ [rangeStartName]: at(from), [rangeEndName]: at(to) });

/** [id, agent, use case, end in hours (null = 1970), profile], newest row per key. */
async function labels(): Promise<unknown[][]> {
  const result = await ctx.admin.client.query({
    query: `SELECT conversation_id, agent_user_id, usecase_id, toUnixTimestamp64Milli(conversation_end_time), profile_id
            FROM ${customer.database}.conversation_with_labels_d FINAL
            WHERE customer_id = {customer:String}
            ORDER BY conversation_id, conversation_end_time, agent_user_id`,
    query_params: { customer: customer.id },
    format: 'JSONCompactEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  const rows = await result.json<[string, string, string, number, string]>();
  return rows.map(([id, agent, useCase, end, profile]) => [
    id,
    agent,
    useCase,
    end === 0 ? null : (end - midnight) / hour,
    profile,
  ]);
}

describe('with a range', () => {
  test('labels the closed chats created in it, from inclusive to exclusive, and no others', async () => {
    await chat({ id: 'before', start: -0.001, end: 1 });
    await chat({ id: 'first', start: 0, end: 1 });
    await chat({ id: 'last', start: 23.9, end: 25, agent: null, profile: 'q' });
    await chat({ id: 'open', start: 5, end: null });
    await chat({ id: 'edge', start: 24, end: 25 });
    const report = await label(range(0, 24));
    expect(await labels()).toEqual([
      ['first', 'ann', 'sales', 1, 'p'],
      ['last', '', 'sales', 25, 'q'],
    ]);
    expect(report.customers).toEqual([{ customerId: customer.id, labeled: 2, openSkipped: 1, deletedFor: 0 }]);
  });

  test('includes its end where the deployed cron does', async () => {
    await chat({ id: 'edge', start: 24, end: 25 });
    await label({ ...range(0, 24), SLC_LABELER_RANGE_END_INCLUSIVE: 'true' });
    expect(await labels()).toHaveLength(1);
  });

  test('chooses by ended_at where the deployed cron does', async () => {
    await chat({ id: 'started', start: 23, end: 25 });
    await chat({ id: 'ended', start: -2, end: 1 });
    await label({ ...range(0, 24), SLC_LABELER_RANGE_COLUMN: 'ended_at' });
    expect((await labels()).map(([id]) => id)).toEqual(['ended']);
  });

  test.each(['created_at', 'lookback', 'ended_at'])(
    'deletes nothing and writes no duplicate twice: %s',
    async (variant) => {
      await chat({ id: 'a', start: 1, end: null });
      await label({ SLC_LABELER_VARIANT: 'created_at' }, 2);
      await chat({ id: 'a', start: 1, end: 3, agent: 'bob' });
      for (const now of [48, 49]) await label({ ...range(0, 24), SLC_LABELER_VARIANT: variant }, now);
      expect(await labels()).toEqual([
        ['a', 'ann', 'sales', null, 'p'],
        ['a', 'bob', 'sales', 3, 'p'],
      ]);
    },
  );

  test('replaces a row that is wrong in its use case only, since the new one is newer', async () => {
    await chat({ id: 'a', start: 1, end: 2, useCase: 'old' });
    await label(range(0, 24), 48);
    await chat({ id: 'a', start: 1, end: 2, useCase: 'new' });
    await label(range(0, 24), 49);
    expect(await labels()).toEqual([['a', 'ann', 'new', 2, 'p']]);
  });

  test('fills a day again after a delete, on a table that remembers its blocks', async () => {
    const query = (text: string, settings = {}) =>
      ctx.admin.client.command({ query: text, clickhouse_settings: settings });
    const table = `${customer.database}.conversation_with_labels`;
    await query(`ALTER TABLE ${table} MODIFY SETTING non_replicated_deduplication_window = 100`);
    await chat({ id: 'a', start: 1, end: 2 });
    for (let round = 0; round < 2; round++) {
      await label(range(0, 24));
      expect(await labels()).toHaveLength(1);
      await query(`ALTER TABLE ${table} DELETE WHERE customer_id = '${customer.id}'`, { mutations_sync: '2' });
      expect(await labels()).toHaveLength(0);
    }
  });

  test('labels only the customers of the filter, by list, and every registered one without', async () => {
    const first = customer;
    await chat({ id: 'a', start: 1, end: 2 });
    customer = await register(await freshDatabase());
    await chat({ id: 'b', start: 1, end: 2 });
    const one = await label({ ...range(0, 24), [filterName]: first.id });
    expect(one.customers.map((row) => [row.customerId, row.labeled])).toEqual([[first.id, 1]]);
    const both = await label({ ...range(0, 24), [filterName]: `${first.id}, ${customer.id}` });
    expect(both.labeled).toBe(2);
    await expect(label({ ...range(0, 24), [filterName]: 'nobody' })).rejects.toThrow('There is no customer "nobody"');
  });
});

describe('unattended', () => {
  /** Labeled open at 2, re-assigned and ended at 3, labeled again at 4 with a later chat beside it. */
  async function incident(variant: string): Promise<void> {
    const env = { SLC_LABELER_VARIANT: variant };
    await chat({ id: 'a', start: 1, end: null });
    await label(env, 2);
    await chat({ id: 'a', start: 1, end: 3, agent: 'corinne', useCase: 'service' });
    await chat({ id: 'b', start: 2.5, end: 3.5 });
    await label(env, 4);
  }

  test('created_at leaves the label of an open chat stale for good: the bug', async () => {
    await incident('created_at');
    expect(await labels()).toEqual([
      ['a', 'ann', 'sales', null, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
  });

  test.each(['lookback', 'ended_at'])('%s ends with the right label and no duplicate', async (variant) => {
    await incident(variant);
    expect(await labels()).toEqual([
      ['a', 'corinne', 'service', 3, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
  });

  test('ended_at labels nothing that is open', async () => {
    await chat({ id: 'a', start: 1, end: null });
    await label({ SLC_LABELER_VARIANT: 'ended_at' }, 2);
    expect(await labels()).toEqual([]);
  });

  test('with the key of option C nothing is deleted and nothing goes stale in the lookback', async () => {
    customer = await register(await freshDatabase({ labelKey: 'conversation only' }));
    await incident('lookback');
    expect(await labels()).toEqual([
      ['a', 'corinne', 'service', 3, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
    const result = await ctx.admin.client.query({
      query: 'SELECT count() AS n FROM system.mutations WHERE database = {database:String}',
      query_params: { database: customer.database },
      format: 'JSONEachRow',
    });
    expect(Number((await result.json<{ n: string }>())[0]?.n)).toBe(0);
  });

  test('goes forward only: a second run labels nothing', async () => {
    await chat({ id: 'a', start: 1, end: 2 });
    expect((await label({}, 3)).labeled).toBe(1);
    expect((await label({}, 4)).labeled).toBe(0);
  });
});

describe('as a command', () => {
  function run(env: Record<string, string>, flags: string[] = []) {
    const child = spawn(process.execPath, [...flags, join('dist', 'labeler.mjs')], {
      env: { ...process.env, ...ctx.env, [filterName]: customer.id, ...env },
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    const ended = once(child, 'close').then(([code]) => ({ code, lines: out.trimEnd().split('\n'), errors }));
    return { child, ended, out: () => out };
  }

  async function many(count: number): Promise<void> {
    const name = customer.id;
    const plan: DemoPlan = {
      customer: { ...customer, id: name },
      blocks: [
        {
          name: 'many',
          days: ['2026-05-04'],
          counts: [count],
          agents: agentNames(20),
          useCases: ['sales'],
          faults: { ...noFaults(1), missing: [1_000] },
        },
      ],
      rows: { truth: [], labels: [] },
    };
    await seedCustomer({ clickhouse: ctx.admin, chats: ctx.chats }, plan);
  }

  test('prints a line a batch and its counts as JSON at the end', async () => {
    await many(12_000);
    const { code, lines } = await run(range(0, 24)).ended;
    expect(code).toBe(0);
    expect(lines.slice(0, -1)).toEqual(
      [5_000, 10_000, 12_000].map((count) => `${customer.id}: ${count} conversations labeled`),
    );
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      labeled: 12_000,
      range: { from: at(0), to: at(24), endInclusive: false },
      customers: [{ customerId: customer.id, labeled: 12_000, openSkipped: 0 }],
    });
    expect(await labels()).toHaveLength(12_000);
  });

  test.each([
    ['a range that is no range', { [rangeStartName]: 'yesterday', [rangeEndName]: at(1) }, 2, rangeStartName],
    ['half a range', { [rangeEndName]: '' }, 2, rangeEndName],
    ['a customer that is not registered', { [filterName]: 'nobody' }, 2, 'There is no customer "nobody"'],
    ['an engine that does not answer', { CLICKHOUSE_URL: 'http://127.0.0.1:9' }, 3, 'ClickHouse does not answer'],
    ['a wrong password', { CLICKHOUSE_LABELER_PASSWORD: 'wrong' }, 1, 'slc_labeler'],
  ])('%s has its exit code and sentence', async (_, env, code, sentence) => {
    const ended = await run({ ...range(0, 24), ...(env as Record<string, string>) }).ended;
    expect(ended.errors).toContain(sentence);
    expect(ended.code).toBe(code);
  });

  test('SIGTERM ends it between two batches with 143, and the same run again completes it without a duplicate', async () => {
    await many(60_000);
    const first = run(range(0, 24));
    await until('the first batch', () => first.out().includes('labeled'));
    first.child.kill('SIGTERM');
    const { code } = await first.ended;
    expect(code).toBe(143);
    const written = (await labels()).length;
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThan(60_000);
    expect((await run(range(0, 24)).ended).code).toBe(0);
    expect(await labels()).toHaveLength(60_000);
  });

  test('a heap that could not hold the range is enough', async () => {
    await many(150_000);
    const { code, errors } = await run(range(0, 24), ['--max-old-space-size=40']).ended;
    expect(errors).toBe('');
    expect(code).toBe(0);
    expect(await labels()).toHaveLength(150_000);
  });
});
