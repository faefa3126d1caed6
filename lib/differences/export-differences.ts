import type { Context } from '@/lib/context';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import { differencesNow } from './compare-unit';
import { kindsIn } from './kinds-model';
import type { Difference, DifferenceSource, DifferencesQuery, LabelRow } from './model';
import { comparedUnit, filterOf, findRun, storedFilter } from './read-differences';
import type { UnitSet } from './sql/sets';
import { selectStoredAfter } from './sql/stored';
import { bestSource, canCompare } from './unit-sentence';

type Reads = Pick<Context, 'db' | 'clickhouse' | 'config' | 'log'>;
type Row = Difference & { comparedAtMs: number | null; columns: readonly string[] };

const rowsAtOnce = { stored: 1_000, backup: 5_000 };

/** The newest row of a side, and how many it has. */
const side = (name: 'old' | 'new', rowsOf: (row: Row) => readonly LabelRow[]): Columns<Row> => {
  const text = (read: (row: LabelRow) => string) => (row: Row) => {
    const [newest] = rowsOf(row);
    return newest ? read(newest) : null;
  };
  return {
    [`${name}_rows`]: (row) => rowsOf(row).length,
    [`${name}_profile`]: text((row) => row.profileId),
    [`${name}_agent`]: text((row) => row.agent),
    [`${name}_use_case`]: text((row) => row.useCase),
    [`${name}_start`]: text((row) => new Date(row.startAtMs).toISOString()),
    [`${name}_end`]: text((row) => (row.endAtMs === 0 ? 'open' : new Date(row.endAtMs).toISOString())),
  };
};

const columns: Columns<Row> = {
  unit: (row) => row.unit,
  conversation: (row) => row.conversationId,
  kinds: (row) => kindsIn(row.kinds).join(' ') || 'same',
  ...side('old', ({ olds }) => olds),
  ...side('new', ({ news }) => news),
  new_labels_of: (row) => (row.comparedAtMs === null ? 'now' : new Date(row.comparedAtMs).toISOString()),
};

/** A row of JSON lines has every label row, and the other columns by their names. */
function lineOf({ olds, news, kinds, unit, conversationId, comparedAtMs, columns: names }: Row) {
  const whole = ({ others, startAtMs, endAtMs, ...row }: LabelRow) => ({
    ...row,
    start: new Date(startAtMs).toISOString(),
    end: endAtMs === 0 ? null : new Date(endAtMs).toISOString(),
    ...Object.fromEntries(names.map((name, at) => [name, others[at] ?? null])),
  });
  return {
    unit,
    conversation: conversationId,
    kinds: kindsIn(kinds),
    old: olds.map(whole),
    new: news.map(whole),
    newLabelsOf: comparedAtMs === null ? 'now' : new Date(comparedAtMs).toISOString(),
  };
}

/**
 * What a run or a unit of it changed, as a file. Each unit is read as stored where that is whole, else from its backup beside
 * the labels of now, while that is kept. Its last line names the units that are not whole.
 */
export async function exportDifferences(
  ctx: Reads,
  { query, format }: { query: DifferencesQuery; format: ExportFormat },
): Promise<AsyncGenerator<string>> {
  const run = await findRun(ctx, query);
  const lacking: string[] = [];
  async function* batches() {
    for (const set of run.sets) {
      const source = sourceOf(set, query);
      const isStored = source === 'stored' && query.kind !== 'same';
      const isWhole = source === 'backup' || (isStored && set.summary?.kept === set.summary?.changed);
      if (!isWhole) lacking.push(unitInWords(set.unit));
      if (isStored) yield* storedOf(ctx, query, run.timeZone, set);
      if (source === 'backup') yield* comparedOf(ctx, query, run.timeZone, set);
    }
  }
  const what =
    query.kind === 'same' ? 'Conversations that are as before are not kept of' : 'Not all that changed is kept of';
  const ending = () => (lacking.length === 0 ? null : `${what} ${lacking.join(', ')}`);
  return exportRows(format, columns, batches(), { ending, line: lineOf });
}

function sourceOf(set: UnitSet, query: DifferencesQuery): DifferenceSource | null {
  if (canCompare(set) && (query.source === 'backup' || query.kind === 'same')) return 'backup';
  const best = bestSource(set);
  const isBounded = best === 'stored' && set.summary && set.summary.kept < set.summary.changed;
  return isBounded && canCompare(set) && query.source !== 'stored' ? 'backup' : best;
}

async function* storedOf(ctx: Reads, query: DifferencesQuery, timeZone: string, set: UnitSet): AsyncGenerator<Row[]> {
  const filter = storedFilter(filterOf(query, timeZone), [set.itemId]);
  const more = { comparedAtMs: set.comparedAtMs, columns: set.summary?.columns ?? [] };
  for (let afterSeq = -1; ; ) {
    const rows = await ctx.db.query(selectStoredAfter, { ...filter, afterSeq, rowsMax: rowsAtOnce.stored });
    yield rows.map((row) => ({ ...row, ...more }));
    const last = rows.at(-1);
    if (!last || rows.length < rowsAtOnce.stored) return;
    afterSeq = last.seq;
  }
}

/** By start and id, a part at a time. */
async function* comparedOf(ctx: Reads, query: DifferencesQuery, timeZone: string, set: UnitSet): AsyncGenerator<Row[]> {
  const of = { filter: filterOf(query, timeZone), rowsMax: rowsAtOnce.backup, timeoutSeconds: 120 };
  for (let last: Difference | undefined; ; ) {
    const after = last && { afterMs: last.startAtMs, afterId: last.conversationId };
    const { rows, columns } = await differencesNow(ctx, comparedUnit(query.runId, set), { ...of, after });
    if (rows.length > 0) yield rows.map((row) => ({ ...row, comparedAtMs: null, columns }));
    if (rows.length < of.rowsMax) return;
    last = rows.at(-1);
  }
}
