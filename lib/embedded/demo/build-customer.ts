import type { ClickHouse } from '@/lib/clickhouse/client';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import { addDays, dayStartMs } from '@/lib/days';
import type { DemoBlock, DemoLabel, DemoPlan, DemoTruth } from './model';
import { insertBlock, insertRightLabels, insertStaleLabels } from './sql/generate';
import {
  createDatabase,
  createDistributed,
  createLabels,
  createTruth,
  demoTables,
  dropDatabase,
  type LabelKey,
} from './sql/tables';

const timeoutSeconds = 3_600;

/** Drops a customer's database with everything in it, and creates it with its four tables. */
export async function createCustomerTables(
  clickhouse: ClickHouse,
  database: string,
  options: { cluster: string; labelKey?: LabelKey },
): Promise<void> {
  const tables = demoTables(database);
  const local = { timeoutSeconds };
  await clickhouse.command(dropDatabase, { ...local, identifiers: { database } });
  await clickhouse.command(createDatabase, { ...local, identifiers: { database } });
  await clickhouse.command(createTruth, { ...local, identifiers: { table: tables.truth, cluster: null } });
  await clickhouse.command(createLabels, {
    ...local,
    identifiers: { table: tables.labels, key: options.labelKey ?? 'end hour and agent', cluster: null },
  });
  for (const [table, over] of [
    [tables.truthDistributed, tables.truth],
    [tables.labelsDistributed, tables.labels],
  ] as const)
    await clickhouse.command(createDistributed, { ...local, identifiers: { table, over, cluster: options.cluster } });
}

/** Fills a customer's empty tables by its plan: generated truth, its labels, then the rows written by hand. */
export async function fillCustomerTables(clickhouse: ClickHouse, plan: DemoPlan, seed: number): Promise<void> {
  const { truth, labels } = demoTables(plan.customer.database);
  for (const block of plan.blocks)
    await clickhouse.command(insertBlock, {
      params: blockParams(plan, block, seed),
      identifiers: { table: truth },
      timeoutSeconds,
    });
  const faults = faultParams(plan, seed);
  const identifiers = { truth, labels };
  await clickhouse.command(insertRightLabels, { params: faults, identifiers, timeoutSeconds });
  const agents = [...new Set(plan.blocks.flatMap((block) => block.agents))];
  const useCases = [...new Set(plan.blocks.flatMap((block) => block.useCases))];
  await clickhouse.command(insertStaleLabels, { params: { ...faults, agents, useCases }, identifiers, timeoutSeconds });
  for (const rows of plan.rows.truth) await insertRows(clickhouse, truth, plan, rows, truthRow);
  for (const rows of plan.rows.labels) await insertRows(clickhouse, labels, plan, rows, labelRow);
}

/** Writes rows into the labels of a plan's customer, beside those that are there. */
export const insertLabelRows = (clickhouse: ClickHouse, plan: DemoPlan, rows: DemoLabel[]): Promise<void> =>
  insertRows(clickhouse, demoTables(plan.customer.database).labels, plan, rows, labelRow);

function blockParams(plan: DemoPlan, block: DemoBlock, seed: number) {
  const zone = plan.customer.timeZone;
  let total = 0;
  const upto = block.counts.map((count) => {
    total += count;
    return total;
  });
  return {
    seed,
    customer: plan.customer.id,
    block: block.name,
    total,
    upto,
    starts: block.days.map((day) => dayStartMs(day, zone)),
    ends: block.days.map((day) => dayStartMs(addDays(day, 1), zone)),
    profiles: plan.customer.profiles,
    agents: block.agents,
    useCases: block.useCases,
  };
}

function faultParams(plan: DemoPlan, seed: number) {
  const days = plan.blocks
    .flatMap(({ days, faults }) =>
      days.map((day, index) => ({
        startMs: dayStartMs(day, plan.customer.timeZone),
        stale: faults.stale[index] ?? 0,
        missing: faults.missing[index] ?? 0,
        duplicate: faults.duplicate[index] ?? 0,
      })),
    )
    .sort((a, b) => a.startMs - b.startMs);
  return {
    seed,
    starts: days.map((day) => day.startMs),
    stale: days.map((day) => day.stale),
    missing: days.map((day) => day.missing),
    duplicate: days.map((day) => day.duplicate),
  };
}

const sqlInstant = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

const commonColumns = (plan: DemoPlan, row: DemoTruth) => ({
  conversation_id: row.id,
  customer_id: plan.customer.id,
  profile_id: row.profile,
  agent_user_id: row.agent,
  usecase_id: row.useCase,
  conversation_start_time: sqlInstant(row.startMs),
  conversation_end_time: sqlInstant(row.endMs),
  update_time: sqlInstant(row.updatedMs),
});
const truthRow = (plan: DemoPlan, row: DemoTruth) => ({
  ...commonColumns(plan, row),
  channel: row.useCase.endsWith('voice') ? 'voice' : 'chat',
});
const labelRow = (plan: DemoPlan, row: DemoLabel) => ({
  ...commonColumns(plan, row),
  ...(row.customer === undefined ? {} : { customer_id: row.customer }),
  has_agent_assistance: row.agent === '' ? 0 : 1,
});

async function insertRows<Row>(
  clickhouse: ClickHouse,
  table: TableName,
  plan: DemoPlan,
  rows: Row[],
  columns: (plan: DemoPlan, row: Row) => Record<string, unknown>,
): Promise<void> {
  if (rows.length === 0) return;
  await clickhouse.client.insert({
    table: quoteTable(table),
    values: rows.map((row) => columns(plan, row)),
    format: 'JSONEachRow',
  });
}
