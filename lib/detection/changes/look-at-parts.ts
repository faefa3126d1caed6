import type { ClickHouse } from '@/lib/clickhouse/client';
import { quoteTable, type TableName } from '@/lib/clickhouse/identifiers';
import type { Config } from '@/lib/config';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import { flagNames } from '../flags';
import type { Look, LookedTables } from './model';
import type { GonePart, Part } from './parts-model';
import { selectPartDigests, selectParts, selectTableMarks } from './sql/parts';

type Reader = { clickhouse: ClickHouse; config: Config };

/** Of a rule that is changed in code, the number is raised: what was counted before has to be counted again. */
const rulesNumber = 1;
const timeoutSeconds = 30;

export const lookedTablesOf = (tables: CustomerTables): LookedTables => ({
  cluster: tables.readCluster,
  truth: tables.truth.local,
  labels: tables.labels.local,
  all: [tables.truth.local, tables.labels.local, tables.truth.distributed, tables.labels.distributed],
});

/** What the answer of a customer's day depends on, besides rows and time. */
export const rulesOf = ({ config }: Pick<Reader, 'config'>, customer: Customer): string =>
  JSON.stringify([
    rulesNumber,
    flagNames,
    customer.database,
    [...customer.profiles].sort(),
    customer.timeZone,
    config.clickhouse.tables,
    config.detection.safetyMarginMs,
    config.detection.scanDays,
  ]);

function byTable<Row extends TableName>(rows: readonly Row[]): (table: TableName) => Row[] {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const own = found.get(quoteTable(row));
    if (own) own.push(row);
    else found.set(quoteTable(row), [row]);
  }
  return (table) => found.get(quoteTable(table)) ?? [];
}

const markOf = (rows: readonly { mark: string }[]) =>
  rows
    .map(({ mark }) => mark)
    .sort()
    .join();

/** What is seen of the tables of several customers of one cluster. */
export type Seen = {
  marksOf(tables: LookedTables): string[];
  digestsOf(tables: LookedTables): string[];
};

const namesOf = (tables: readonly TableName[]) => {
  const unique = [...new Map(tables.map((one) => [quoteTable(one), one])).values()];
  return { databases: unique.map(({ database }) => database), tables: unique.map(({ table }) => table) };
};

/** Two statements, of which neither reads a row of a table. */
export async function seeTables(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { cluster, of }: { cluster: string | null; of: readonly LookedTables[] },
): Promise<Seen> {
  const [marks, digests] = await Promise.all([
    clickhouse.read(selectTableMarks, {
      params: namesOf(of.flatMap(({ all }) => all)),
      identifiers: { cluster },
      timeoutSeconds,
    }),
    clickhouse.read(selectPartDigests, {
      params: namesOf(of.flatMap(({ truth, labels }) => [truth, labels])),
      identifiers: { cluster },
      timeoutSeconds,
    }),
  ]);
  const markRowsOf = byTable(marks.rows);
  const digestRowsOf = byTable(digests.rows);
  const digestsOf = (table: TableName) =>
    digestRowsOf(table)
      .map(({ host, digest }) => `${host} ${digest}`)
      .sort();
  return {
    marksOf: ({ all }) => all.map((table) => markOf(markRowsOf(table))),
    digestsOf: ({ truth, labels }) => [
      ...digestsOf(truth).map((text) => `truth ${text}`),
      ...digestsOf(labels).map((text) => `labels ${text}`),
    ],
  };
}

/** Since when the tables of a customer are what they are, on every host, or on the one that answers without `cluster`. */
export async function seeMarks(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { all, cluster }: Pick<LookedTables, 'all' | 'cluster'>,
): Promise<string[]> {
  const { rows } = await clickhouse.read(selectTableMarks, {
    params: namesOf(all),
    identifiers: { cluster },
    timeoutSeconds,
  });
  const rowsOf = byTable(rows);
  return all.map((table) => markOf(rowsOf(table)));
}

/** The parts of customers of one cluster. `partsOf` answers for one of them. */
export async function seeParts(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { cluster, of }: { cluster: string | null; of: readonly LookedTables[] },
): Promise<(tables: LookedTables) => { parts: Part[]; gone: GonePart[]; nowAt: number }> {
  const { rows } = await clickhouse.read(selectParts, {
    params: namesOf(of.flatMap(({ truth, labels }) => [truth, labels])),
    identifiers: { cluster },
    timeoutSeconds,
  });
  const rowsOf = byTable(rows);
  const nowAt = rows[0]?.nowAt ?? 0;
  return (tables) => {
    const parts: Part[] = [];
    const gone: GonePart[] = [];
    for (const side of ['truth', 'labels'] as const)
      for (const { active, goneAt, part } of rowsOf(tables[side]))
        if (active) parts.push({ side, ...part });
        else gone.push({ side, ...part, goneAt });
    return { parts, gone, nowAt };
  };
}

/** The parts that came since a look. Without any it is one statement on the list of parts. */
export async function partsSince(ctx: Pick<Reader, 'clickhouse'>, look: Look): Promise<Part[]> {
  const asked = { cluster: look.tables.cluster, of: [look.tables] };
  const seen = await seeTables(ctx, asked);
  if (seen.digestsOf(look.tables).join() === look.digests.join()) return [];
  const { parts } = (await seeParts(ctx, asked))(look.tables);
  const fileOf = ({ side, host, name, hash }: Part) => JSON.stringify([side, host, name, hash]);
  const known = new Set(look.parts.map(fileOf));
  return parts.filter((part) => !known.has(fileOf(part)));
}

/** A whole look at one customer, with the parts that were replaced of late. `atMs` is before anything was seen. */
export async function lookAtParts(
  ctx: Reader & { clock: { now(): number } },
  of: { customer: Customer; tables: CustomerTables; fromDay: string; toDay: string },
): Promise<{ look: Look; gone: GonePart[]; nowAt: number }> {
  const tables = lookedTablesOf(of.tables);
  const atMs = ctx.clock.now();
  const asked = { cluster: tables.cluster, of: [tables] };
  // NOTE: the digests first. A part that comes between then differs from its digest, and the next look compares parts.
  const seen = await seeTables(ctx, asked);
  const { parts, gone, nowAt } = (await seeParts(ctx, asked))(tables);
  const { fromDay, toDay } = of;
  const rules = rulesOf(ctx, of.customer);
  const marks = seen.marksOf(tables);
  const digests = seen.digestsOf(tables);
  return {
    look: { atMs, fromDay, toDay, rules, tables, marks, digests, parts, during: [], audited: null, marked: 0 },
    gone,
    nowAt,
  };
}
