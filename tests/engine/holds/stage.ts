import { expect, inject } from 'vitest';
import { controlRun } from '@/lib/backfill/control/control-run';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import type { Control } from '@/lib/backfill/state/choice-model';
import type { PlanRequest } from '@/lib/backfill/state/command-model';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { getRun } from '@/lib/backfill/view/get-run';
import type { Customer } from '@/lib/customers/model';
import { clickhouseProxy } from '@/tests/support/clickhouse-proxy';
import { type TestContext, testContext } from '@/tests/support/context';
import { customerWith } from '@/tests/support/kinds';
import { operator, start } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

/** Statements of a step that wait at ClickHouse's door, by their user, text and name. */
export const doors = {
  checking: (_sql: string, _user: string, name: string) => name === 'slc:label_store.unfinished',
  snapshot: (_sql: string, user: string, name: string) => user === 'slc_reader' && name.startsWith('slc:active_days.'),
  'backing up': (sql: string, user: string) => user === 'slc_deleter' && /INSERT INTO/.test(sql),
  deleting: (sql: string, user: string) => user === 'slc_deleter' && /ALTER TABLE[\s\S]* DELETE/.test(sql),
  relabelling: (sql: string, user: string) => user === 'slc_labeler' && /INSERT INTO/.test(sql),
  verifying: (_sql: string, _user: string, name: string) => name === 'slc:backfill.lost',
  scan: (_sql: string, _user: string, name: string) => name === 'slc:detection.read',
  plan: (_sql: string, _user: string, name: string) => name === 'slc:label_store.label_digests',
};
export type Door = keyof typeof doors;

/**
 * A console whose statements to ClickHouse can be kept at the door: `close` one, wait until a statement is `waiting`
 * there, and `open` it. `work` begins a worker in this process; `stopWork` ends it as a killed one ends for the others.
 */
export async function stageOf(env: Record<string, string> = {}) {
  let closed: { is: (typeof doors)[Door]; opened: Promise<void>; open: () => void; arrived: () => void } | null = null;
  const refused = new Map<string, number>();
  const proxy = await clickhouseProxy(inject('engines').clickhouseUrl, async (sql, user, name) => {
    const code = refused.get(name);
    if (code) return { kind: 'answer', forward: false, status: 500, code, text: 'refused by the test' };
    if (closed?.is(sql, user, name)) {
      closed.arrived();
      await closed.opened;
    }
    return { kind: 'pass' };
  });
  const ctx = await testContext({ process: 'worker', env: { CLICKHOUSE_URL: proxy.url, ...env } });
  let worker = new AbortController();
  const stage = {
    ctx,
    /** Names of statements that ClickHouse refuses, and its codes. */
    refused,
    async work() {
      worker = new AbortController();
      await workBackfills(ctx, worker.signal);
    },
    stopWork: () => worker.abort(new Error('the worker ends')),
    /** Returns a promise of the first statement at the door. */
    close(door: Door): Promise<void> {
      return new Promise((arrived) => {
        let open = () => {};
        const opened = new Promise<void>((resolve) => {
          open = resolve;
        });
        closed = { is: doors[door], opened, open, arrived };
      });
    },
    open() {
      closed?.open();
      closed = null;
    },
    control: (runId: string, control: Control) =>
      controlRun(ctx, { runId, control, reason: 'the test says so' }, operator),
    async end() {
      stage.open();
      worker.abort(new Error('the test is over'));
      await ctx.close();
      await proxy.close();
    },
  };
  return stage;
}
export type Stage = Awaited<ReturnType<typeof stageOf>>;

/** A customer with one stale label on each of two days; truth is ann's, the labels name ben. */
export async function twoDays(ctx: TestContext): Promise<Customer> {
  const customer = await customerWith(ctx, {});
  const rows = ['2026-02-10', '2026-02-11'].flatMap((day) =>
    ['08', '12'].map((hour, at) => ({
      id: `${day} ${hour}`,
      start: `${day} ${hour}:00:00`,
      agent: at === 0 ? 'ben' : 'ann',
    })),
  );
  const insert = (table: string, agentOf: (row: (typeof rows)[number]) => string) =>
    ctx.admin.client.insert({
      table: `${customer.database}.${table}`,
      format: 'JSONEachRow',
      values: rows.map((row) => ({
        conversation_id: row.id,
        customer_id: customer.id,
        profile_id: 'main',
        agent_user_id: agentOf(row),
        usecase_id: 'sales',
        conversation_start_time: `${row.start}.000`,
        conversation_end_time: '2026-02-12 00:00:00.000',
        update_time: '2026-02-12 01:00:00.000',
      })),
    });
  await insert('conversation', () => 'ann');
  await insert('conversation_with_labels', (row) => row.agent);
  for (const { id, start } of rows)
    await ctx.chats.pool.query(
      `INSERT INTO chats VALUES ($1, $2, 'main', 'ann', 'sales', 'chat', $3::timestamptz, '2026-02-12Z', '2026-02-12Z')`,
      [id, customer.id, `${start}Z`],
    );
  return customer;
}

/** A run whose first unit is at this door, at which a plan would have to wait as well; `open` lets it go on. */
export async function runAt(stage: Stage, door: Door, strategy: RepairStrategy) {
  stage.stopWork();
  const customer = await twoDays(stage.ctx);
  const runId = await begin(stage.ctx, customer, strategy);
  const arrived = stage.close(door);
  await stage.work();
  if (door !== 'checking') await reachesUnit(stage.ctx, runId, door);
  await arrived;
  return { customer, runId };
}

export const begin = (ctx: TestContext, customer: Customer, strategy: RepairStrategy) =>
  start(
    ctx,
    { customerId: customer.id, fromDay: '2026-02-10', toDay: '2026-02-12', strategy, units: 'day' } as PlanRequest,
    ['labeler-running'],
  );

/** The agents of the label rows, newest of each conversation and key, and how many there are. */
export async function labelsOf(ctx: TestContext, { database }: Customer): Promise<Record<string, number>> {
  const result = await ctx.admin.client.query({
    query: `SELECT agent_user_id AS agent, toUInt32(count()) AS rows FROM ${database}.conversation_with_labels FINAL GROUP BY agent`,
    format: 'JSONEachRow',
  });
  const rows = (await result.json()) as { agent: string; rows: number }[];
  return Object.fromEntries(rows.map(({ agent, rows: count }) => [agent, count]));
}
export const before = { ann: 2, ben: 2 };
export const repaired = { ann: 4 };

export const reachesUnit = (ctx: TestContext, runId: string, status: string, at = 0) =>
  until(
    `unit ${at} is "${status}"`,
    async () => {
      const { rows } = await ctx.db.pool.query(
        'SELECT status FROM backfill_items WHERE run_id = $1 ORDER BY seq OFFSET $2 LIMIT 1',
        [runId, at],
      );
      return rows[0]?.status === status;
    },
    { everyMs: 20 },
  );

/** Waits until no worker has a unit of the run, and no queue job is active or waiting for it. */
export const isParked = (ctx: TestContext, runId: string) =>
  until(
    'the run waits, and blocks no place of a worker',
    async () => {
      const { rows } = await ctx.db.pool.query(
        `SELECT (SELECT count(*) FROM backfill_items WHERE run_id = $1 AND owner IS NOT NULL)
          + (SELECT count(*) FROM pgboss.job j JOIN backfill_items i ON i.id = (j.data ->> 'itemId')::uuid
             WHERE i.run_id = $1 AND j.name = 'backfill-day' AND j.state < 'completed') AS busy`,
        [runId],
      );
      return Number(rows[0]?.busy) === 0;
    },
    { everyMs: 20 },
  );

export async function expectVerified(ctx: TestContext, runId: string, customer: Customer): Promise<void> {
  await until(
    'the run is verified',
    async () => {
      const { rows } = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
      if (rows[0]?.status === 'needs attention') throw new Error((await getRun(ctx, runId)).stopped?.failure);
      return rows[0]?.status === 'verified';
    },
    { withinMs: 300_000, everyMs: 100 },
  );
  expect(await labelsOf(ctx, customer)).toEqual(repaired);
}
