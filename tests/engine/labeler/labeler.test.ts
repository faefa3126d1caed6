import { describe, expect, test } from 'vitest';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { createLabelerContext, labelConversations } from '@/lib/labeler/label-conversations';
import { filterName } from '@/lib/labeler/model';
import { freshDatabase, testLog } from '../../support/fresh';
import { at, hour, labelerStage, midnight, range, register } from './chats';

const stage = labelerStage();

type ChatInput = {
  id: string;
  start: number;
  end: number | null;
  agent?: string | null;
  useCase?: string;
  profile?: string;
};

async function chat(input: ChatInput): Promise<void> {
  await stage.ctx.chats.pool.query(
    `INSERT INTO chats VALUES ($1, $2, $3, $4, $5, 'chat', $6, $7, $6)
     ON CONFLICT (customer_id, profile_id, id) DO UPDATE
     SET agent_user_id = excluded.agent_user_id, usecase_id = excluded.usecase_id, ended_at = excluded.ended_at`,
    [
      input.id,
      stage.customer.id,
      input.profile ?? 'p',
      input.agent === undefined ? 'ann' : input.agent,
      input.useCase ?? 'sales',
      at(input.start),
      input.end === null ? null : at(input.end),
    ],
  );
}

async function label(env: Record<string, string> = {}, nowHours = 48) {
  const config = loadConfig({ ...process.env, ...stage.ctx.env, [filterName]: stage.customer.id, ...env });
  const labeler = createLabelerContext(config, testLog, fixedClock(midnight + nowHours * hour));
  try {
    return await labelConversations(labeler, { progress: () => undefined });
  } finally {
    await labeler.close();
  }
}

describe('with a range', () => {
  test('labels the closed chats created in it, from inclusive to exclusive, and no others', async () => {
    await chat({ id: 'before', start: -0.001, end: 1 });
    await chat({ id: 'first', start: 0, end: 1 });
    await chat({ id: 'last', start: 23.9, end: 25, agent: null, profile: 'q' });
    await chat({ id: 'open', start: 5, end: null });
    await chat({ id: 'edge', start: 24, end: 25 });
    const report = await label(range(0, 24));
    expect(await stage.labels()).toEqual([
      ['first', 'ann', 'sales', 1, 'p'],
      ['last', '', 'sales', 25, 'q'],
    ]);
    expect(report.customers).toEqual([{ customerId: stage.customer.id, labeled: 2, openSkipped: 1, deletedFor: 0 }]);
  });

  test('includes its end where the deployed cron does', async () => {
    await chat({ id: 'edge', start: 24, end: 25 });
    await label({ ...range(0, 24), SLC_LABELER_RANGE_END_INCLUSIVE: 'true' });
    expect(await stage.labels()).toHaveLength(1);
  });

  test('chooses by ended_at where the deployed cron does', async () => {
    await chat({ id: 'started', start: 23, end: 25 });
    await chat({ id: 'ended', start: -2, end: 1 });
    await label({ ...range(0, 24), SLC_LABELER_RANGE_COLUMN: 'ended_at' });
    expect((await stage.labels()).map(([id]) => id)).toEqual(['ended']);
  });

  test.each(['created_at', 'lookback', 'ended_at'])(
    'deletes nothing and writes no duplicate twice: %s',
    async (variant) => {
      await chat({ id: 'a', start: 1, end: null });
      await label({ SLC_LABELER_VARIANT: 'created_at' }, 2);
      await chat({ id: 'a', start: 1, end: 3, agent: 'bob' });
      for (const now of [48, 49]) await label({ ...range(0, 24), SLC_LABELER_VARIANT: variant }, now);
      expect(await stage.labels()).toEqual([
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
    expect(await stage.labels()).toEqual([['a', 'ann', 'new', 2, 'p']]);
  });

  test('fills a day again after a delete, on a table that remembers its blocks', async () => {
    const query = (text: string, settings = {}) =>
      stage.ctx.admin.client.command({ query: text, clickhouse_settings: settings });
    const table = `${stage.customer.database}.conversation_with_labels`;
    await query(`ALTER TABLE ${table} MODIFY SETTING non_replicated_deduplication_window = 100`);
    await chat({ id: 'a', start: 1, end: 2 });
    for (let round = 0; round < 2; round++) {
      await label(range(0, 24));
      expect(await stage.labels()).toHaveLength(1);
      await query(`ALTER TABLE ${table} DELETE WHERE customer_id = '${stage.customer.id}'`, { mutations_sync: '2' });
      expect(await stage.labels()).toHaveLength(0);
    }
  });

  test('labels only the customers of the filter, by list, and every registered one without', async () => {
    const first = stage.customer;
    await chat({ id: 'a', start: 1, end: 2 });
    stage.customer = await register(stage.ctx, await freshDatabase());
    await chat({ id: 'b', start: 1, end: 2 });
    const one = await label({ ...range(0, 24), [filterName]: first.id });
    expect(one.customers.map((row) => [row.customerId, row.labeled])).toEqual([[first.id, 1]]);
    const both = await label({ ...range(0, 24), [filterName]: `${first.id}, ${stage.customer.id}` });
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
    expect(await stage.labels()).toEqual([
      ['a', 'ann', 'sales', null, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
  });

  test.each(['lookback', 'ended_at'])('%s ends with the right label and no duplicate', async (variant) => {
    await incident(variant);
    expect(await stage.labels()).toEqual([
      ['a', 'corinne', 'service', 3, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
  });

  test('ended_at labels nothing that is open', async () => {
    await chat({ id: 'a', start: 1, end: null });
    await label({ SLC_LABELER_VARIANT: 'ended_at' }, 2);
    expect(await stage.labels()).toEqual([]);
  });

  test('with the key of option C nothing is deleted and nothing goes stale in the lookback', async () => {
    stage.customer = await register(stage.ctx, await freshDatabase({ labelKey: 'conversation only' }));
    await incident('lookback');
    expect(await stage.labels()).toEqual([
      ['a', 'corinne', 'service', 3, 'p'],
      ['b', 'ann', 'sales', 3.5, 'p'],
    ]);
    const result = await stage.ctx.admin.client.query({
      query: 'SELECT count() AS n FROM system.mutations WHERE database = {database:String}',
      query_params: { database: stage.customer.database },
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
