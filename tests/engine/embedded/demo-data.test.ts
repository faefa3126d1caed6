import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { everyFlagPlan } from '@/lib/embedded/demo/every-flag';
import { demoCustomers } from '@/lib/embedded/demo/plans';
import { resetIncident } from '@/lib/embedded/demo/reset-incident';
import { demoSeed, seedDemo } from '@/lib/embedded/demo/seed-demo';
import { type TestContext, testContext } from '../../support/context';
import { testLog } from '../../support/fresh';

const nowMs = Date.UTC(2026, 2, 20, 15, 0);
const conversations = 30_000;
let ctx: TestContext;

type Row = Record<string, unknown>;

async function rows(query: string, params: Row = {}): Promise<Row[]> {
  const result = await ctx.admin.client.query({ query, query_params: params, format: 'JSONEachRow' });
  return result.json<Row>();
}
async function number(query: string, params: Row = {}): Promise<number> {
  const [row] = await rows(`SELECT (${query}) AS n`, params);
  return Number(row?.n);
}
const seed = () => seedDemo({ clickhouse: ctx.admin, chats: ctx.chats, log: testLog, nowMs, conversations });

/** FINAL on one shard is exact: labels beside truth by id, as another formulation than the detection's. */
const joined = (database: string) => `
  SELECT
    t.conversation_id AS id, t.conversation_start_time AS start, ifNull(t.agent_user_id, '') AS agent,
    t.usecase_id AS use_case, t.conversation_end_time AS ended,
    l.agent_user_id AS label_agent, l.usecase_id AS label_use_case, l.conversation_end_time AS label_ended
  FROM (SELECT * FROM ${database}.conversation FINAL) AS t
  INNER JOIN (SELECT * FROM ${database}.conversation_with_labels FINAL) AS l
    ON l.conversation_id = t.conversation_id AND l.customer_id = t.customer_id AND l.profile_id = t.profile_id`;

beforeAll(async () => {
  ctx = await testContext();
  await seed();
});
afterAll(() => ctx.close());

describe('the incident of alaska-air on 2026-02-10', () => {
  const day = "toDate(start) = '2026-02-10'";
  const differs =
    'agent != label_agent OR use_case != label_use_case OR toStartOfHour(ended) != toStartOfHour(label_ended)';

  test('has 1,204 conversations, each with one label and one closed chat', async () => {
    const inDay = "WHERE toDate(conversation_start_time) = '2026-02-10'";
    expect(await number(`SELECT uniqExact(conversation_id) FROM alaska_air.conversation_d ${inDay}`)).toBe(1_204);
    expect(await number(`SELECT count() FROM alaska_air.conversation_with_labels_d FINAL ${inDay}`)).toBe(1_204);
    expect(await number(`SELECT count() FROM (${joined('alaska_air')}) WHERE ${day}`)).toBe(1_204);
    const chats = await ctx.chats.pool.query(
      "SELECT count(*) AS n FROM chats WHERE customer_id = 'alaska-air' AND created_at::date = '2026-02-10' AND ended_at IS NOT NULL",
    );
    expect(chats.rows[0].n).toBe(1_204);
  });

  test('has 17 stale labels: agent 17, use case 17, end hour 17, written while the chats were open', async () => {
    const [counts] = await rows(`
      SELECT
        toUInt32(countIf(${differs})) AS stale,
        toUInt32(countIf(agent != label_agent)) AS wrong_agent,
        toUInt32(countIf(use_case != label_use_case)) AS wrong_use_case,
        toUInt32(countIf(toStartOfHour(ended) != toStartOfHour(label_ended))) AS end_hour,
        toUInt32(countIf(toUnixTimestamp(label_ended) = 0)) AS open_label,
        toUInt32(uniqExactIf(label_agent, ${differs})) AS former_agents,
        groupUniqArrayIf(agent, ${differs}) AS now,
        minIf(start, ${differs}) AS first,
        maxIf(start, ${differs}) AS last
      FROM (${joined('alaska_air')})
      WHERE ${day}`);
    expect(counts).toEqual({
      stale: 17,
      wrong_agent: 17,
      wrong_use_case: 17,
      end_hour: 17,
      open_label: 17,
      former_agents: 4,
      now: ['Corinne Harmon'],
      first: '2026-02-10 00:10:00.000',
      last: '2026-02-10 01:55:00.000',
    });
  });

  test('leaves each former agent one more, rightly labelled conversation', async () => {
    expect(
      await rows(`
        SELECT agent, toUInt32(count()) AS n
        FROM (${joined('alaska_air')})
        WHERE ${day} AND NOT (${differs}) AND agent IN (
          SELECT label_agent FROM (${joined('alaska_air')}) WHERE ${day} AND (${differs})
        )
        GROUP BY agent
        ORDER BY agent`),
    ).toEqual(
      ['Dana Whitfield', 'Marcus Oyelaran', 'Priya Raman', 'Tomas Lindqvist'].map((agent) => ({ agent, n: 1 })),
    );
  });

  test('is the only day of the month that is not clean', async () => {
    const days = await rows(`
      SELECT toString(toDate(start)) AS day FROM (${joined('alaska_air')}) WHERE ${differs} GROUP BY day`);
    expect(days).toEqual([{ day: '2026-02-10' }]);
    expect(await number('SELECT uniqExact(toDate(conversation_start_time)) FROM alaska_air.conversation_d')).toBe(30);
  });

  test('comes back by a reset after its labels were changed, and leaves backups alone', async () => {
    const fingerprint =
      'SELECT sum(cityHash64(*)) AS hash, count() AS n FROM alaska_air.conversation_with_labels FINAL';
    const before = await rows(fingerprint);
    await ctx.admin.client.command({
      query: 'CREATE TABLE alaska_air.conversation_with_labels_slc_backup (a Int8) ENGINE = Memory',
    });
    await ctx.admin.client.command({
      query: "ALTER TABLE alaska_air.conversation_with_labels DELETE WHERE agent_user_id != 'Ben Haddad'",
      clickhouse_settings: { mutations_sync: '2' },
    });
    await ctx.chats.pool.query("DELETE FROM chats WHERE customer_id = 'alaska-air' AND id < '8'");
    expect(await rows(fingerprint)).not.toEqual(before);
    await resetIncident({ clickhouse: ctx.admin, chats: ctx.chats });
    expect(await rows(fingerprint)).toEqual(before);
    expect(
      await number("SELECT count() FROM system.tables WHERE database = 'alaska_air' AND name LIKE '%backup'"),
    ).toBe(1);
    await expectChatsLikeTruth('alaska-air', 'alaska_air');
  });
});

async function expectChatsLikeTruth(customerId: string, database: string): Promise<void> {
  const chats = await ctx.chats.pool.query(
    `SELECT id, profile_id, agent_user_id, usecase_id, channel,
            (extract(epoch FROM created_at) * 1000)::bigint AS start,
            coalesce((extract(epoch FROM ended_at) * 1000)::bigint, 0) AS ended
     FROM chats WHERE customer_id = $1 ORDER BY profile_id, id`,
    [customerId],
  );
  const truth = await rows(
    `SELECT conversation_id AS id, profile_id, agent_user_id, usecase_id, channel,
            toFloat64(toUnixTimestamp64Milli(conversation_start_time)) AS start,
            toFloat64(toUnixTimestamp64Milli(conversation_end_time)) AS ended
     FROM ${database}.conversation_d FINAL WHERE customer_id = {customer:String} ORDER BY profile_id, id`,
    { customer: customerId },
  );
  expect(chats.rows).toEqual(truth);
}

test.each(demoCustomers.map((customer) => [customer.id, customer.database]))(
  'the chats of %s agree with its truth, row for row',
  expectChatsLikeTruth,
);

test('the clean customer has a right label for every conversation and no other', async () => {
  expect(
    await number(
      `SELECT count() FROM (${joined('northwind')}) WHERE agent = label_agent AND use_case = label_use_case AND ended = label_ended`,
    ),
  ).toBe(4_500);
  expect(await number('SELECT count() FROM northwind.conversation_with_labels_d')).toBe(4_500);
});

test('every flag is where the cases say, by rows found with other statements', async () => {
  const { cases } = everyFlagPlan(demoSeed, nowMs);
  for (const one of cases) {
    const params = { id: one.id };
    const labels = await number(
      'SELECT count() FROM globex.conversation_with_labels FINAL WHERE conversation_id = {id:String}',
      params,
    );
    const truth = await number(
      'SELECT count() FROM globex.conversation FINAL WHERE conversation_id = {id:String}',
      params,
    );
    const right = await number(
      `SELECT count() FROM (${joined('globex')})
       WHERE id = {id:String} AND agent = label_agent AND use_case = label_use_case AND toStartOfHour(ended) = toStartOfHour(label_ended)`,
      params,
    );
    if (one.class !== 'affected') continue;
    expect([one.name, one.flags.includes('orphan')]).toEqual([one.name, truth === 0]);
    expect([one.name, one.flags.includes('missing')]).toEqual([one.name, labels === 0]);
    expect([one.name, one.flags.includes('duplicate')]).toEqual([one.name, labels > 1]);
    if (truth > 0 && labels > 0 && !one.flags.includes('wrongCustomer'))
      expect([one.name, !one.flags.some((flag) => /^wrong(Agent|UseCase|EndHour)$/.test(flag))]).toEqual([
        one.name,
        right === 1,
      ]);
  }
  expect(cases.filter((one) => one.class === 'affected')).toHaveLength(31);
});

test('the large customer has as many conversations as asked for, over 30 days, with stale ones on four', async () => {
  expect(await number('SELECT count() FROM contoso.conversation_d')).toBe(conversations);
  const stale = await rows(`
    SELECT toString(toDate(start)) AS day, toFloat64(count()) AS n
    FROM (${joined('contoso')})
    WHERE toUnixTimestamp(label_ended) = 0 AND id NOT IN (
      SELECT id FROM (${joined('contoso')}) WHERE ended = label_ended
    )
    GROUP BY day ORDER BY day`);
  expect(stale.map((row) => row.day)).toEqual(['2026-01-20', '2026-01-21', '2026-02-03', '2026-02-11']);
  const tenPercent = Number(stale[1]?.n) / (conversations / 30);
  expect(tenPercent).toBeGreaterThan(0.07);
  expect(tenPercent).toBeLessThan(0.13);
});

test('conversations of other zones start on days of their own zone, also on the 23-hour day', async () => {
  const days = await rows(`
    SELECT toString(toDate(conversation_start_time, 'America/Los_Angeles')) AS day, toFloat64(count()) AS n
    FROM pacific_outfitters.conversation_d GROUP BY day ORDER BY day`);
  expect(days).toHaveLength(13);
  expect(days.every((row) => row.n === 220)).toBe(true);
  const [edge] = await rows(`
    SELECT toFloat64(min(toUnixTimestamp64Milli(conversation_start_time))) AS first
    FROM himalaya_trek.conversation_d`);
  expect(Number(edge?.first)).toBeGreaterThanOrEqual(Date.parse('2026-02-01T00:00:00+05:45'));
  expect(await number('SELECT uniqExact(profile_id) FROM himalaya_trek.conversation_d')).toBe(2);
});

test('seeding again leaves what stands, and what was cut off midway is made anew', async () => {
  expect(await seed()).toEqual([]);
  await ctx.chats.pool.query("DELETE FROM demo_seeded WHERE customer_id = 'northwind'");
  await ctx.admin.client.command({ query: 'DROP TABLE northwind.conversation_with_labels SYNC' });
  expect(await seed()).toEqual([{ customerId: 'northwind', chats: 4_500 }]);
  expect(await number('SELECT count() FROM northwind.conversation_with_labels_d')).toBe(4_500);
});

test('the same seed makes the same rows', async () => {
  const fingerprint =
    'SELECT sum(cityHash64(*)) AS hash, count() AS n FROM himalaya_trek.conversation_with_labels FINAL';
  const before = await rows(fingerprint);
  await ctx.chats.pool.query("DELETE FROM demo_seeded WHERE customer_id = 'himalaya-trek'");
  await seed();
  expect(await rows(fingerprint)).toEqual(before);
});
