import { spillSettings } from '@/lib/clickhouse/settings';
import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import type { CustomerTables, Scope } from '@/lib/customers/model';
import { rangesParams, scopeParams } from '@/lib/customers/sql/scope';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { detectionColumns } from '@/lib/detection/judge/sql/columns';
import { AppError } from '@/lib/errors';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type Digest, noRows } from '@/lib/label-store/model';
import { selectLabelDigests } from '@/lib/label-store/sql/digest';
import { rowIdentifiers } from '@/lib/label-store/sql/row-hash';
import { count } from '@/lib/words';
import { differenceKinds } from './kinds-model';
import type { Difference, DifferenceFilter, DifferenceSummary } from './model';
import { type CompareNames, countCompared, countDifferences, selectCompared } from './sql/compare';

type Reads = Pick<Context, 'db' | 'clickhouse' | 'config'>;

/** A unit as it is compared, with the label rows it had before; `backupId` is null where it had none. */
export type ComparedUnit = { unit: string; scope: Scope; backupId: string | null; rowsBefore: number };

const sharesMost = 200;
/** Bounds of one statement. A unit that is larger is not compared. */
const settings = { ...spillSettings, max_threads: 2, max_memory_usage: 4 * 1024 ** 3 };
const seconds = { keep: 300, page: 30 };

const compares = new Set([
  'customer_id',
  'profile_id',
  'conversation_id',
  'agent_user_id',
  'usecase_id',
  'conversation_start_time',
  'conversation_end_time',
]);

/** The columns that are compared besides agent, use case, times and profile, in order. */
const otherColumns = ({ labels }: CustomerTables): string[] =>
  Object.keys(labels.columns)
    .filter((name) => !compares.has(name) && name !== labels.versionColumn)
    .sort();

const namesOf = (tables: CustomerTables, backupId: string | null): CompareNames => ({
  ...rowIdentifiers(tables),
  labelSide: detectionColumns(tables).labels,
  labels: tables.labels.distributed,
  labelsLocal: tables.labels.local,
  cluster: tables.cluster,
  others: otherColumns(tables),
  hasBackup: backupId !== null,
});

async function asked(ctx: Reads, { scope, backupId }: ComparedUnit) {
  const tables = await keptTables(ctx, scope);
  const params = { ...scopeParams(scope), backup: backupId ?? '' };
  return { tables, params, identifiers: namesOf(tables, backupId), settings };
}

/** The labels of a unit as `labelDigest` counts them, of all columns. */
export async function labelsNow(ctx: Reads, scope: Scope): Promise<Digest> {
  return labelDigest(ctx, { scope, tables: await keptTables(ctx, scope) });
}

/** Digests of the labels of units of one scope in one pass, without the version, which is another one after each relabel. */
export async function contentsNow(
  ctx: Reads,
  scope: Scope,
  units: readonly { unit: string; scope: Scope }[],
): Promise<Map<string, Digest>> {
  const tables = await keptTables(ctx, scope);
  const rows = rowIdentifiers(tables);
  const columns = Object.fromEntries(Object.entries(rows.columns).filter(([name]) => name !== rows.version));
  const { rows: found } = await ctx.clickhouse.read(selectLabelDigests, {
    params: { ...scopeParams(scope), ...rangesParams(units.map((one) => one.scope)) },
    identifiers: { labels: tables.labels.distributed, ...rows, columns },
    timeoutSeconds: seconds.page,
  });
  const at = new Map(found.map(({ at, ...digest }) => [at, digest]));
  return new Map(units.map((one) => [one.unit, at.get(one.scope.fromMs) ?? noRows]));
}

export type UnitCounts = Pick<
  DifferenceSummary,
  'rowsBefore' | 'rowsAfter' | 'conversations' | 'changed' | 'byKinds' | 'byAgent' | 'byUseCase' | 'columns'
>;

/** How many conversations and rows a unit has, and which differ by kind, agent and use case. Throws AppError('limit'), and
 * AppError('conflict') where the backup is not whole any more. */
export async function summariseUnit(
  ctx: Reads,
  unit: ComparedUnit,
  timeoutSeconds = seconds.keep,
): Promise<UnitCounts> {
  const { tables, params, ...args } = await asked(ctx, unit);
  const columns = otherColumns(tables);
  const counts = await ctx.clickhouse.readOne(countCompared, { ...args, params, timeoutSeconds });
  if (counts.rowsBefore !== unit.rowsBefore)
    throw new AppError(
      'conflict',
      `The backup of ${unitInWords(unit.unit)} has ${count(counts.rowsBefore, 'label row')} where ${count(unit.rowsBefore, 'row was', 'rows were')} backed up, so nothing can be compared with it.`,
    );
  const nothing = { byKinds: [], byAgent: [], byUseCase: [] };
  const by =
    counts.changed === 0
      ? nothing
      : await ctx.clickhouse.readOne(countDifferences, {
          ...args,
          params: { ...params, differing: 1 },
          timeoutSeconds,
        });
  return {
    ...counts,
    columns,
    byKinds: by.byKinds.map(([kinds, conversations]) => ({ kinds, conversations })),
    byAgent: sharesOf(by.byAgent),
    byUseCase: sharesOf(by.byUseCase),
  };
}

const sharesOf = (shares: readonly [string, number][]) =>
  shares
    .map(([key, conversations]) => ({ key, conversations }))
    .sort((a, b) => b.conversations - a.conversations || (a.key < b.key ? -1 : 1))
    .slice(0, sharesMost);

type Place = { afterMs: number; afterId: string };
/** Before any start. */
export const first: Place = { afterMs: -9_000_000_000_000_000, afterId: '' };

/**
 * Differences of a unit by start and id, compared now, with how many match from `after` on; `columns` names `others` of
 * their rows. Throws AppError('limit') where
 * the unit is too large, and the engine's error 60 where there is no backup table.
 */
export async function differencesNow(
  ctx: Reads,
  unit: ComparedUnit,
  of: { filter: DifferenceFilter; after?: Place; offset?: number; rowsMax: number; timeoutSeconds?: number },
): Promise<{ rows: Difference[]; total: number; columns: string[] }> {
  const { tables, params, ...args } = await asked(ctx, unit);
  const { kind, agent, useCase, search, fromMs, toMs } = of.filter;
  const { rows } = await ctx.clickhouse.read(selectCompared, {
    ...args,
    timeoutSeconds: of.timeoutSeconds ?? seconds.page,
    params: {
      ...params,
      ...(of.after ?? first),
      differing: kind === 'same' ? 0 : 1,
      kinds: kind === undefined || kind === 'same' ? 0 : differenceKinds[kind].bit,
      agent: agent ?? null,
      useCase: useCase ?? null,
      search: search ?? '',
      fromDayMs: fromMs ?? Number.MIN_SAFE_INTEGER,
      toDayMs: (toMs ?? Number.MAX_SAFE_INTEGER) - 1,
      offset: of.offset ?? 0,
      rowsMax: of.rowsMax,
    },
  });
  return {
    rows: rows.map(({ total: _, ...row }) => ({ unit: unit.unit, ...row })),
    total: rows[0]?.total ?? 0,
    columns: otherColumns(tables),
  };
}
