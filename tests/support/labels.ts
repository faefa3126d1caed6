import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { type Customer, type CustomerTables, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import type { LabelKey } from '@/lib/embedded/demo/sql/tables';
import { labelDigest } from '@/lib/label-store/label-digest';
import { backupIdOf, type JobOrder, type JobReport, reportOf, tagText } from '@/lib/label-store/model';
import type { TestContext } from './context';
import { freshDatabase } from './fresh';
import { until } from './until';

export type LabelRow = {
  conversation_id: string;
  customer_id: string;
  profile_id: string;
  agent_user_id: string;
  usecase_id: string;
  conversation_start_time: string;
  conversation_end_time: string;
  has_agent_assistance: number;
  update_time: string;
};

let made = 0;
/** A label row of customer `acme`, profile `main`, on 2026-02-10, with the given columns replaced. */
export function label(given: Partial<LabelRow> = {}): LabelRow {
  made += 1;
  return {
    conversation_id: `c${made}`,
    customer_id: 'acme',
    profile_id: 'main',
    agent_user_id: `agent ${made % 5}`,
    usecase_id: 'billing',
    conversation_start_time: '2026-02-10 10:00:00.000',
    conversation_end_time: '2026-02-10 10:20:00.000',
    has_agent_assistance: 1,
    update_time: '2026-02-10 11:00:00.000',
    ...given,
  };
}

export type LabelTable = {
  tables: CustomerTables;
  scope: Scope;
  insert(rows: LabelRow[], settings?: Record<string, string | number>): Promise<void>;
  /** Every stored row, sorted, as JSON. */
  rows(where?: string): Promise<string[]>;
  run(sql: string): Promise<void>;
  query<Row>(sql: string): Promise<Row[]>;
  order(given?: Partial<JobOrder>): Promise<JobOrder>;
};

type LabelTableOptions = { labelKey?: LabelKey; timeZone?: string; profiles?: string[] };

/** A customer `acme` with its own empty label table; merges run as usual. */
export async function labelTable(ctx: TestContext, options: LabelTableOptions = {}): Promise<LabelTable> {
  const database = await freshDatabase({ labelKey: options.labelKey });
  const customer: Customer = {
    id: 'acme',
    displayName: 'Acme',
    profiles: options.profiles ?? ['main'],
    database,
    timeZone: options.timeZone ?? 'UTC',
  };
  const tables = await readTables(ctx, customer);
  const scope = scopeOf(customer, '2026-02-10', '2026-02-11');
  const local = `${database}.${tables.labels.local.table}`;
  const query = async <Row>(sql: string): Promise<Row[]> => {
    const result = await ctx.admin.client.query({ query: sql, format: 'JSONEachRow' });
    return result.json<Row>();
  };
  return {
    tables,
    scope,
    query,
    async insert(rows, settings = {}) {
      await ctx.admin.client.insert({
        table: local,
        values: rows,
        format: 'JSONEachRow',
        clickhouse_settings: settings,
      });
    },
    async rows(where = '1') {
      const found = await query<LabelRow>(`SELECT * FROM ${local} WHERE ${where}`);
      return found.map((row) => JSON.stringify(row)).sort();
    },
    run: async (sql) => {
      await ctx.admin.client.command({ query: sql.replaceAll('$labels', local) });
    },
    async order(given = {}) {
      const tag = { runId: randomUUID(), unit: scope.fromDay, attempt: 1 };
      return {
        scope,
        labels: tables.labels.distributed,
        labelsLocal: tables.labels.local,
        cluster: tables.cluster,
        tag: tagText(tag),
        backupId: backupIdOf(tag),
        expect: await labelDigest(ctx, { scope, tables }),
        ...given,
      };
    },
  };
}

export type RunningJob = {
  pid: number;
  lines: string[];
  /** Resolves when a line matches, now or later. */
  said(pattern: RegExp): Promise<string>;
  signal(name: NodeJS.Signals): void;
  ended: Promise<{ code: number | null; report: JobReport | null; lines: string[] }>;
};

/** `node dist/job.mjs <kind>` as the launcher starts it: the deleter's password, the order, nothing else. */
export function startJob(ctx: TestContext, kind: string, order: unknown, env: Record<string, string> = {}): RunningJob {
  const { deleter } = ctx.config.clickhouse.users;
  const child = spawn(process.execPath, ['dist/job.mjs', kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      NODE_ENV: 'production',
      PATH: process.env.PATH,
      SLC_DATA_DIR: ctx.config.dataDir,
      CLICKHOUSE_URL: ctx.config.clickhouse.url,
      CLICKHOUSE_DELETER_PASSWORD: deleter.password,
      SLC_JOB_ORDER: typeof order === 'string' ? order : JSON.stringify(order),
      ...env,
    },
  });
  const lines: string[] = [];
  const waiting: { pattern: RegExp; resolve(line: string): void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const one of waiting) if (one.pattern.test(line)) one.resolve(line);
  });
  return {
    pid: child.pid ?? 0,
    lines,
    said: (pattern) => {
      const line = lines.find((one) => pattern.test(one));
      return line ? Promise.resolve(line) : new Promise((resolve) => waiting.push({ pattern, resolve }));
    },
    signal: (name) => child.kill(name),
    ended: new Promise((resolve) =>
      child.once('close', (code) => resolve({ code, lines, report: reportOf(lines.join('\n')) })),
    ),
  };
}

export const runJob = (ctx: TestContext, kind: string, order: unknown, env: Record<string, string> = {}) =>
  startJob(ctx, kind, order, env).ended;

/** Rows of which only the first two are in the scope of 2026-02-10: each of the other four differs in one thing. */
export const inAndAround = () => [
  label(),
  label({ conversation_start_time: '2026-02-10 23:59:59.999', conversation_end_time: '2026-02-11 00:10:00.000' }),
  label({ conversation_start_time: '2026-02-11 00:00:00.000' }),
  label({ conversation_start_time: '2026-02-09 23:59:59.999' }),
  label({ customer_id: 'other' }),
  label({ profile_id: 'second' }),
];

/** Eight rows in three blocks, the last of which overrules the others without a higher version. */
export async function insertTies(table: LabelTable): Promise<void> {
  const rows = Array.from({ length: 8 }, (_, at) => label({ conversation_id: `tie ${at}`, agent_user_id: 'Anna' }));
  for (const useCase of ['first', 'second', 'last'])
    await table.insert(rows.map((row) => ({ ...row, usecase_id: useCase })));
}

/** An order whose backup is there and proven. */
export async function backedUp(ctx: TestContext, table: LabelTable): Promise<JobOrder> {
  const order = await table.order();
  const done = await runJob(ctx, 'backup', order);
  if (done.code !== 0) throw new Error(done.lines.join('\n'));
  return order;
}

/** The orders of a run that undoes `former`, with what is there now backed up: its delete, and its restore. */
export async function undoOf(ctx: TestContext, table: LabelTable, former: JobOrder) {
  const own = await backedUp(ctx, table);
  const { backupId, expect } = former;
  return {
    remove: { ...own, restores: { backupId, expect, isPartlyBack: false } } satisfies JobOrder,
    restore: { ...own, backupId, expect } satisfies JobOrder,
  };
}

/** A table with the rows of `inAndAround`, and an order for it whose backup is there and proven. */
export async function orderedTable(ctx: TestContext, options: LabelTableOptions = {}) {
  const table = await labelTable(ctx, options);
  const rows = inAndAround();
  await table.insert(rows);
  return { table, rows, order: await backedUp(ctx, table) };
}

/** Runs a delete Job and waits for the mutation that it submitted, as the worker does. */
export async function deleteAndWait(ctx: TestContext, table: LabelTable, order: unknown, env?: Record<string, string>) {
  const done = await runJob(ctx, 'delete', order, env);
  await untilDeleted(table);
  return done;
}

export const untilDeleted = ({ query, scope }: LabelTable) =>
  until('every mutation is over', async () => {
    const running = await query(`SELECT 1 FROM system.mutations WHERE database = '${scope.database}' AND NOT is_done`);
    return running.length === 0;
  });

/** The end of a delete Job of such a table, whose mutation stays unfinished until `goOn`. */
export async function waitingDelete(ctx: TestContext) {
  const { table, order } = await orderedTable(ctx);
  await table.run('SYSTEM STOP MERGES $labels');
  const done = await runJob(ctx, 'delete', order);
  const goOn = async () => {
    await table.run('SYSTEM START MERGES $labels');
    await untilDeleted(table);
  };
  return { table, order, done, goOn };
}

/** The mutations of the table that carry a tag, of all that ClickHouse still knows. */
export const tagged = (table: LabelTable, tag: string) =>
  table.query<{ mutation_id: string; command: string }>(
    `SELECT mutation_id, command FROM system.mutations
     WHERE database = '${table.scope.database}' AND position(command, '${tag}') > 0`,
  );
