import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countActiveDays } from '@/lib/active-days/count-active-days';
import { repairIdentifiers } from '@/lib/backfill/plan/checks/input';
import { relabelSpec } from '@/lib/backfill/plan/job-specs';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { selectChatHashes } from '@/lib/backfill/plan/sql/chats';
import { selectTruthHashes } from '@/lib/backfill/plan/sql/truth';
import { selectChangedTruth } from '@/lib/backfill/repair/sql/verify';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { type Customer, type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { addDays, dayStartMs } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { runBackup } from '@/lib/label-jobs/run-backup';
import { runDelete } from '@/lib/label-jobs/run-delete';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { labelDigest } from '@/lib/label-store/label-digest';
import { backupIdOf, tagText } from '@/lib/label-store/model';
import { createLabelerContext, labelConversations } from '@/lib/labeler/label-conversations';
import { deleteLabels } from '@/lib/labeler/sql';
import { type TestContext, testContext } from '../../support/context';
import { clickhouseAs, testLog } from '../../support/fresh';
import { customerWith } from '../../support/kinds';
import { checkOf } from '../../support/repair';
import { until } from '../../support/until';

/** The days that are read; in Los Angeles the second has 23 hours. */
const days = ['2026-03-07', '2026-03-08', '2026-03-09'] as const;
const zones = ['UTC', 'America/Los_Angeles'];
/** Types of the start, and the nanoseconds of their unit. */
const types = { DateTime: 1_000_000_000n, 'DateTime64(3)': 1_000_000n, 'DateTime64(6)': 1_000n, 'DateTime64(9)': 1n };
type StartType = keyof typeof types;

/** A conversation by the edge of a day: `id` says where, `day` is the day that it belongs to. */
type Row = { id: string; day: string; startNs: bigint };

/** One second, 1 ms, 1 µs and 1 ns before the beginning of each day, as far as the type has them, and at it. */
function rowsAt(timeZone: string, unitNs: bigint): Row[] {
  const before = [1_000_000_000n, 1_000_000n, 1_000n, 1n, 0n].filter((ns) => ns % unitNs === 0n);
  return [...days, addDays(days[2], 1)].flatMap((day) =>
    before.map((ns) => ({
      id: `${ns} ns before ${day}`,
      day: ns === 0n ? day : addDays(day, -1),
      startNs: BigInt(dayStartMs(day, timeZone)) * 1_000_000n - ns,
    })),
  );
}

/** An instant as ClickHouse and Postgres read it in UTC, with this many digits of a second. */
function textOf(ns: bigint, digits: number): string {
  const second = new Date(Number(ns / 1_000_000_000n) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = String(ns % 1_000_000_000n)
    .padStart(9, '0')
    .slice(0, digits);
  return digits === 0 ? second : `${second}.${fraction}`;
}

let ctx: TestContext;
let deleter: ClickHouse;
beforeAll(async () => {
  ctx = await testContext();
  deleter = clickhouseAs('slc_deleter');
});
afterAll(() => Promise.all([ctx?.close(), deleter?.close()]));

type Stage = { customer: Customer; tables: CustomerTables; rows: Row[] };

/** A customer whose truth and labels are these rows; those that Postgres can hold are chats too. */
async function stageOf(type: StartType, timeZone: string): Promise<Stage> {
  const digits = Number(/\d/.exec(type.slice('DateTime64'.length))?.[0] ?? 0);
  const start = { conversation_start_time: digits === 0 ? "DateTime('UTC')" : `DateTime64(${digits}, 'UTC')` };
  const customer = await customerWith(ctx, { truth: start, labels: start, timeZone });
  const rows = rowsAt(timeZone, types[type]);
  for (const table of ['conversation', 'conversation_with_labels'])
    await ctx.admin.client.insert({
      table: `${customer.database}.${table}`,
      format: 'JSONEachRow',
      values: rows.map(({ id, startNs }) => ({
        conversation_id: id,
        customer_id: customer.id,
        profile_id: 'main',
        agent_user_id: id,
        usecase_id: 'sales',
        conversation_start_time: textOf(startNs, digits),
        conversation_end_time: textOf(startNs + 600_000_000_000n, 3),
        update_time: textOf(startNs + 600_000_000_000n, 3),
      })),
    });
  for (const { id, startNs } of rows.filter(isChat))
    await ctx.chats.pool.query(
      `INSERT INTO chats VALUES ($1, $2, 'main', $1, 'sales', 'chat', $3::timestamptz, $4::timestamptz, $4::timestamptz)`,
      [id, customer.id, `${textOf(startNs, 6)}Z`, `${textOf(startNs + 600_000_000_000n, 6)}Z`],
    );
  return { customer, tables: await readTables(ctx, customer), rows };
}

const isChat = ({ startNs }: Row) => startNs % 1_000n === 0n;

const everyHash = { mask: 0, part: 0 };

/** How many conversations each reader of a scope finds in it. */
const readers: Record<string, (stage: Stage, scope: Scope) => Promise<number>> = {
  preview: async ({ tables }, scope) =>
    (
      await ctx.clickhouse.read(selectTruthHashes, {
        params: { ...scopeParams(scope), ...rangesParams([scope]), ...everyHash },
        identifiers: repairIdentifiers(tables),
      })
    ).rows.length,
  digest: async ({ tables }, scope) => (await labelDigest(ctx, { scope, tables })).rows,
  'rows left': ({ tables }, scope) => countLabelRows(ctx, { scope, tables }),
  verification: async ({ tables }, scope) =>
    (
      await ctx.clickhouse.read(selectChangedTruth, {
        params: { ...scopeParams(scope), since_ms: 0 },
        identifiers: repairIdentifiers(tables),
      })
    ).rows.length,
  'Active Days of labels': async (_, scope) => (await countActiveDays(ctx, { scope, source: 'labels' })).size,
  'Active Days of truth': async (_, scope) => (await countActiveDays(ctx, { scope, source: 'truth' })).size,
  detection: async ({ tables }, scope) => (await classifyScope(ctx, scope, { tables })).days[0]?.conversations ?? -1,
  backup: async ({ tables }, scope) => {
    const ordered = await orderOf(tables, scope);
    return (await runBackup(jobRun(), ordered)).rows ?? -1;
  },
};

/** The same of what reads chats, which have no nanoseconds. */
const chatReaders: Record<string, (stage: Stage, scope: Scope) => Promise<number>> = {
  'preview of chats': async ({ customer }, scope) =>
    (
      await ctx.chats.query(selectChatHashes, {
        customerId: customer.id,
        profiles: scope.profiles,
        fromMs: [scope.fromMs],
        toMs: [scope.toMs],
        ...everyHash,
      })
    ).length,
  'labeler, to an exclusive end': (_, scope) => labeled(scope, 'false'),
  'labeler, to an inclusive end': (_, scope) => labeled(scope, 'true'),
};

async function labeled(scope: Scope, inclusive: string): Promise<number> {
  const env = { ...process.env, ...ctx.env, SLC_LABELER_RANGE_END_INCLUSIVE: inclusive };
  const of = { runId: 'run', itemId: 'item', unit: scope.fromDay, attempt: 1 };
  const config = loadConfig({ ...env, ...relabelSpec(loadConfig(env), scope, of).envOverrides });
  const labeler = createLabelerContext(config, testLog, fixedClock(Date.UTC(2026, 5, 1)));
  try {
    return (await labelConversations(labeler, { progress: () => undefined })).labeled;
  } finally {
    await labeler.close();
  }
}

const jobRun = () => ({
  ctx: { config: ctx.config, clock: ctx.clock, clickhouse: deleter },
  say: () => undefined,
  signal: new AbortController().signal,
});

async function orderOf(tables: CustomerTables, scope: Scope) {
  const tag = { runId: randomUUID(), unit: scope.fromDay, attempt: 1 };
  const order = {
    scope,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    tag: tagText(tag),
    backupId: backupIdOf(tag),
    expect: await labelDigest(ctx, { scope, tables }),
  };
  return { order, tables };
}

async function labelIds({ customer }: Stage): Promise<string[]> {
  const result = await ctx.admin.client.query({
    query: `SELECT DISTINCT conversation_id AS id FROM ${customer.database}.conversation_with_labels`,
    format: 'JSONEachRow',
  });
  return (await result.json<{ id: string }>()).map(({ id }) => id).sort();
}

const idsOf = (rows: readonly Row[]) => rows.map(({ id }) => id).sort();
const of = (rows: readonly Row[], day: string) => rows.filter((row) => row.day === day);

describe.each(zones)('in %s', (timeZone) => {
  it.each(Object.keys(types) as StartType[])(
    'every reader, and each delete, agrees on the day of a row at the edge of a day: %s',
    { timeout: 120_000 },
    async (type) => {
      const stage = await stageOf(type, timeZone);
      const { customer, tables, rows } = stage;
      const scopes = days.map((day) => scopeOf(customer, day, addDays(day, 1)));
      for (const scope of scopes) {
        const expected = of(rows, scope.fromDay);
        for (const [name, read] of Object.entries(readers))
          expect([name, scope.fromDay, await read(stage, scope)]).toEqual([name, scope.fromDay, expected.length]);
      }
      const range = {
        customerId: customer.id,
        fromDay: days[0],
        toDay: addDays(days[2], 1),
        onlyAffected: false,
        units: 'day' as const,
      };
      const plan = await planBackfill(ctx, range);
      expect(
        plan.units.map(({ unit, labelRows, days: [day] }) => [unit, labelRows, day?.counts.conversations]),
      ).toEqual(days.map((day) => [day, of(rows, day).length, of(rows, day).length]));
      expect(checkOf(plan, 'edges')).toMatchObject({ verdict: 'pass' });

      const [first, second, third] = scopes as [Scope, Scope, Scope];
      const ordered = await orderOf(tables, second);
      await runBackup(jobRun(), ordered);
      await runDelete(jobRun(), ordered);
      await until('the delete is over', async () => (await countLabelRows(ctx, { scope: second, tables })) === 0);
      const kept = rows.filter(({ day }) => day !== second.fromDay);
      expect(await labelIds(stage)).toEqual(idsOf(kept));
      await deleter.command(deleteLabels, {
        params: { ...scopeParams(third), ids: idsOf(rows) },
        identifiers: { labels: tables.labels.local, cluster: tables.cluster },
        settings: { mutations_sync: 2 },
      });
      expect(await labelIds(stage)).toEqual(idsOf(kept.filter(({ day }) => day !== third.fromDay)));

      for (const scope of [first, second, third])
        for (const [name, read] of Object.entries(chatReaders))
          expect([name, scope.fromDay, await read(stage, scope)]).toEqual([
            name,
            scope.fromDay,
            of(rows, scope.fromDay).filter(isChat).length,
          ]);
    },
  );
});
