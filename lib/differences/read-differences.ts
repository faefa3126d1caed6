import type { Context } from '@/lib/context';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { addDays, dayStartMs } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { backupIdOf } from '@/lib/label-store/model';
import { type ComparedUnit, contentsNow, differencesNow, summariseUnit, type UnitCounts } from './compare-unit';
import { differenceKinds } from './kinds-model';
import {
  type Difference,
  type DifferenceFilter,
  type DifferenceSource,
  DifferencesQuery,
  type DifferencesView,
  differencesOnPage,
} from './model';
import { selectRunOf, selectSets, type UnitSet } from './sql/sets';
import { countStored, selectStored } from './sql/stored';
import { bestSource, canCompare, comparedSentence, unitOfSet, unitSentence } from './unit-sentence';

type Reads = Pick<Context, 'db' | 'clickhouse' | 'config' | 'clock' | 'log'>;
type Query = DifferencesQuery;
type Run = NonNullable<Awaited<ReturnType<typeof findRun>>>;

/** A run and its units. Throws AppError('not_found'). */
export async function findRun({ db }: Pick<Context, 'db'>, { runId, unit }: Pick<Query, 'runId' | 'unit'>) {
  const [[run], all] = await Promise.all([db.query(selectRunOf, { runId }), db.query(selectSets, { runId })]);
  if (!run) throw new AppError('not_found', 'There is no such backfill.');
  const sets = unit === undefined ? all : all.filter((one) => one.unit === unit);
  if (unit !== undefined && sets.length === 0) throw new AppError('not_found', `The run has no unit ${unit}.`);
  return { ...run, sets };
}

/** The filter of a query; a day is one of the run's time zone. */
export function filterOf({ kind, agent, useCase, search, day }: Query, timeZone: string): DifferenceFilter {
  const range = day
    ? { fromMs: dayStartMs(day, timeZone), toMs: dayStartMs(addDays(day, 1), timeZone) }
    : { fromMs: null, toMs: null };
  return { kind, agent, useCase, search, ...range };
}

/** The filter as the statements of Postgres take it. */
export const storedFilter = ({ kind, agent, useCase, search, fromMs, toMs }: DifferenceFilter, itemIds: string[]) => ({
  itemIds: kind === 'same' ? [] : itemIds,
  kinds: kind === undefined || kind === 'same' ? 0 : differenceKinds[kind].bit,
  agent: agent ?? null,
  useCase: useCase ?? null,
  search: search ?? '',
  fromMs,
  toMs,
});

export const comparedUnit = (runId: string, { unit, scope, backupAttempt, rowsBefore }: UnitSet): ComparedUnit => ({
  unit,
  scope,
  rowsBefore,
  backupId: backupAttempt === null ? null : backupIdOf({ runId, unit, attempt: backupAttempt }),
});

/**
 * A page of what a run or one of its units changed: old labels beside new ones. A unit is read as stored when it was
 * verified, or from its backup beside the labels of now; a run only as stored. Throws AppError('not_found'),
 * AppError('limit') where a unit is too large to be compared for a page.
 */
export async function readDifferences(ctx: Reads, input: Query): Promise<DifferencesView> {
  const query = DifferencesQuery.parse(input);
  const run = await findRun(ctx, query);
  const [only] = query.unit === undefined && run.sets.length > 1 ? [] : run.sets;
  const source = sourceOf(query, run, only);
  const fresh = source === 'backup' && only ? await fromBackup(ctx, query, run, only) : null;
  const read = fresh ?? (await asStored(ctx, query, run));
  return {
    runId: query.runId,
    customerId: run.customerId,
    fromDay: run.fromDay,
    toDay: run.toDay,
    timeZone: run.timeZone,
    strategy: run.strategy,
    unit: query.unit ?? null,
    source,
    units: run.sets.map(unitOfSet),
    ...read,
    sentence: read.summary ? comparedSentence(run.strategy, read.summary) : 'What changed is not known here.',
    page: { at: query.page, of: Math.max(1, Math.ceil(read.total / differencesOnPage)) },
  };
}

function sourceOf(query: Query, run: Run, only: UnitSet | undefined): DifferenceSource | null {
  if (!only) return run.sets.some(({ summary }) => summary) ? 'stored' : null;
  if ((query.source === 'backup' || query.kind === 'same') && canCompare(only)) return 'backup';
  if (query.source === 'stored' && only.summary) return 'stored';
  return bestSource(only) ?? (only.summary ? 'stored' : null);
}

type Read = { rows: Difference[]; total: number; summary: UnitCounts | null; notices: string[] };

async function fromBackup(ctx: Reads, query: Query, run: Run, set: UnitSet): Promise<Read> {
  const unit = comparedUnit(query.runId, set);
  const filter = filterOf(query, run.timeZone);
  const [summary, page] = await Promise.all([
    summariseUnit(ctx, unit, pageSeconds),
    differencesNow(ctx, unit, { filter, offset: query.page * differencesOnPage, rowsMax: differencesOnPage }),
  ]).catch((error) => {
    throw error instanceof AppError && error.code === 'limit'
      ? new AppError('limit', `${unitInWords(set.unit)} is too large to be compared for a page.`, { cause: error })
      : error;
  });
  const now =
    'Compared now: the new labels are those of this moment, also where something else changed them after the run.';
  return { rows: page.rows, total: page.total, summary, notices: set.summary ? [now] : [unitSentence(set), now] };
}

const pageSeconds = 30;

async function asStored(ctx: Reads, query: Query, run: Run): Promise<Read> {
  const kept = run.sets.filter(({ summary }) => summary);
  const whole = kept.filter(({ stored }) => stored).map(({ itemId }) => itemId);
  const filter = storedFilter(filterOf(query, run.timeZone), whole);
  const [rows, [total = 0], changed] = await Promise.all([
    ctx.db.query(selectStored, { ...filter, rowsMax: differencesOnPage, offset: query.page * differencesOnPage }),
    ctx.db.query(countStored, filter),
    changedAgain(ctx, run, kept),
  ]);
  const notices = [...changed, ...notAsCounted(kept), ...notWhole(run.sets)];
  if (query.kind === 'same')
    notices.push('Conversations that are as before are only counted. A unit can list them from its backup.');
  return { rows, total, summary: kept.length > 0 ? sumOf(kept) : null, notices };
}

const named = (sets: readonly UnitSet[], most = 5) =>
  sets
    .slice(0, most)
    .map(({ unit }) => unitInWords(unit))
    .join(', ') + (sets.length > most ? ` and ${sets.length - most} more` : '');

/** Says whose labels are not those of the run any more. The comparison is of all columns but the version. */
async function changedAgain(ctx: Reads, run: Run, kept: readonly UnitSet[]): Promise<string[]> {
  if (kept.length === 0) return [];
  try {
    const now = await contentsNow(ctx, run.scope, kept);
    const other = kept.filter(({ unit, summary }) => {
      const found = now.get(unit);
      return found && summary && (found.rows !== summary.content.rows || found.hash !== summary.content.hash);
    });
    return other.length === 0
      ? []
      : [`Labels of ${named(other)} changed again after the run: the new labels shown are those of then, not of now.`];
  } catch (error) {
    ctx.log.warn({ err: error }, 'whether labels changed again could not be read');
    return [
      'Whether the labels changed again after the run could not be read. The new labels shown are those of then.',
    ];
  }
}

function notAsCounted(kept: readonly UnitSet[]): string[] {
  const late = kept.filter(({ summary }) => summary && !summary.asCounted);
  return late.length === 0
    ? []
    : [
        `Labels of ${named(late)} had changed again before they were compared, so that what others changed is in it too.`,
      ];
}

function notWhole(sets: readonly UnitSet[]): string[] {
  const [only, ...others] = sets;
  if (only && others.length === 0)
    return only.summary && only.summary.kept === only.summary.changed && (only.stored || only.summary.changed === 0)
      ? []
      : [unitSentence(only)];
  const part = sets.filter(
    ({ summary, stored }) => !summary || summary.kept < summary.changed || (summary.kept > 0 && !stored),
  );
  return part.length === 0 ? [] : [`Not all that changed of ${named(part)} is listed here; see the units below.`];
}

/** The numbers of several units together. */
function sumOf(sets: readonly UnitSet[]): UnitCounts {
  const all = sets.flatMap(({ summary }) => (summary ? [summary] : []));
  const add = (pick: (one: UnitCounts) => number) => all.reduce((sum, one) => sum + pick(one), 0);
  const shares = (pick: (one: UnitCounts) => UnitCounts['byAgent']) =>
    [...together(all.flatMap(pick), ({ key }) => key)]
      .map(([key, conversations]) => ({ key, conversations }))
      .sort((a, b) => b.conversations - a.conversations);
  return {
    rowsBefore: add((one) => one.rowsBefore),
    rowsAfter: add((one) => one.rowsAfter),
    conversations: add((one) => one.conversations),
    changed: add((one) => one.changed),
    byKinds: [
      ...together(
        all.flatMap((one) => one.byKinds),
        ({ kinds }) => kinds,
      ),
    ].map(([kinds, conversations]) => ({ kinds, conversations })),
    byAgent: shares((one) => one.byAgent),
    byUseCase: shares((one) => one.byUseCase),
    columns: all[0]?.columns ?? [],
  };
}

function together<One extends { conversations: number }, Key>(all: readonly One[], keyOf: (one: One) => Key) {
  const sums = new Map<Key, number>();
  for (const one of all) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.conversations);
  return sums;
}
