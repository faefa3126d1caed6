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

/** Whether the tables had few rows, and one chunk may hold them all. What came since is as much as comes in a scan. */
export const isOfFewRows = ({ config }: Pick<Reader, 'config'>, { parts }: Pick<Look, 'parts'>): boolean =>
  parts.reduce((sum, { rows }) => sum + rows, 0) <=
  Math.min(config.detection.fewRowsMost, config.detection.chunkConversations);

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

/** Customers of one cluster. */
type Asked = { cluster: string | null; of: readonly LookedTables[] };
const sides = ['truth', 'labels'] as const;

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
export async function seeTables(ctx: Pick<Reader, 'clickhouse'>, asked: Asked): Promise<Seen> {
  const { cluster, of } = asked;
  const [marks, digestsOf] = await Promise.all([
    ctx.clickhouse.read(selectTableMarks, {
      params: namesOf(of.flatMap(({ all }) => all)),
      identifiers: { cluster },
      timeoutSeconds,
    }),
    seeDigests(ctx, asked),
  ]);
  const markRowsOf = byTable(marks.rows);
  return { marksOf: ({ all }) => all.map((table) => markOf(markRowsOf(table))), digestsOf };
}

/** The digests of the parts of customers of one cluster. */
async function seeDigests(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { cluster, of }: Asked,
): Promise<Seen['digestsOf']> {
  const { rows } = await clickhouse.read(selectPartDigests, {
    params: namesOf(of.flatMap(({ truth, labels }) => [truth, labels])),
    identifiers: { cluster },
    timeoutSeconds,
  });
  const rowsOf = byTable(rows);
  return (tables) => sides.flatMap((side) => digestsOf(side, rowsOf(tables[side])));
}

/** One text for each host. Several rows of a host say the same. */
const digestsOf = (side: Part['side'], rows: readonly { host: string; digest: string }[]): string[] =>
  [...new Set(rows.map(({ host, digest }) => `${side} ${host} ${digest}`))].sort();

/**
 * Since when the tables of a customer are what they are, on every host, or on the one that answers without `cluster`.
 * Until they are settled another change of theirs may have the same marks, which are in seconds.
 */
export async function seeMarks(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { all, cluster }: Pick<LookedTables, 'all' | 'cluster'>,
): Promise<{ marks: string[]; areSettled: boolean }> {
  const { rows } = await clickhouse.read(selectTableMarks, {
    params: namesOf(all),
    identifiers: { cluster },
    timeoutSeconds,
  });
  const rowsOf = byTable(rows);
  return { marks: all.map((table) => markOf(rowsOf(table))), areSettled: rows.every((row) => row.isSettled) };
}

/** The parts of customers of one cluster, and their digests. The function answers for one of them. */
export async function seeParts(
  { clickhouse }: Pick<Reader, 'clickhouse'>,
  { cluster, of }: Asked,
): Promise<(tables: LookedTables) => { parts: Part[]; gone: GonePart[]; nowAt: number; digests: string[] }> {
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
    const digests: string[] = [];
    for (const side of sides) {
      const own = rowsOf(tables[side]);
      for (const { active, goneAt, part } of own)
        if (active) parts.push({ side, ...part });
        else gone.push({ side, ...part, goneAt });
      const active = own.filter((row) => row.active);
      digests.push(
        ...digestsOf(
          side,
          active.map(({ part: { host }, digest }) => ({ host, digest })),
        ),
      );
    }
    return { parts, gone, nowAt, digests };
  };
}

/** The parts that came since a look. Without any it is one statement on the list of parts. */
export async function partsSince(ctx: Pick<Reader, 'clickhouse'>, look: Look): Promise<Part[]> {
  const asked = { cluster: look.tables.cluster, of: [look.tables] };
  const digests = (await seeDigests(ctx, asked))(look.tables);
  if (digests.join() === look.digests.join()) return [];
  const { parts } = (await seeParts(ctx, asked))(look.tables);
  const fileOf = ({ side, host, name, hash }: Part) => JSON.stringify([side, host, name, hash]);
  const known = new Set(look.parts.map(fileOf));
  return parts.filter((part) => !known.has(fileOf(part)));
}

/**
 * A whole look at one customer, with the parts that were replaced of late. `atMs` is before any part was seen. `marks`
 * are those of the tables, for a caller that has just seen them.
 */
export async function lookAtParts(
  ctx: Reader & { clock: { now(): number } },
  of: { customer: Customer; tables: CustomerTables; fromDay: string; toDay: string; marks?: string[] | null },
): Promise<{ look: Look; gone: GonePart[]; nowAt: number }> {
  const tables = lookedTablesOf(of.tables);
  const atMs = ctx.clock.now();
  const [marks, partsOf] = await Promise.all([
    of.marks ?? seeMarks(ctx, tables).then((seen) => seen.marks),
    seeParts(ctx, { cluster: tables.cluster, of: [tables] }),
  ]);
  const { parts, gone, nowAt, digests } = partsOf(tables);
  const { fromDay, toDay } = of;
  const rules = rulesOf(ctx, of.customer);
  return {
    look: { atMs, fromDay, toDay, rules, tables, marks, digests, parts, during: [], audited: null, marked: 0 },
    gone,
    nowAt,
  };
}
