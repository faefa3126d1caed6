import { z } from 'zod';
import { approvalUsedBy } from '@/lib/approvals/list-approvals';
import type { Context } from '@/lib/context';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { unitTagText } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { lookAtDelete, mayHaveDeleted } from '../repair/look-at-delete';
import { pauseOf } from '../repair/pause-run';
import { controlsOf } from '../state/controls';
import type { ItemState } from '../state/machine';
import type { ItemView, MutationProgress, RunView, UnitCounts } from '../state/model';
import { isWorking } from '../state/name-model';
import { type MutationSample, mutationProgressOn } from '../state/samples-model';
import { nextSentence } from './next-sentence';
import { offersOf, situationOf, withoutTwins } from './offers';
import { deletedRowsOf, resultSentence } from './result-sentence';
import { type RunProgress, readProgress, type UnitProgress } from './run-progress';
import { gapOf, missingOf, stepViews } from './run-view';
import { type RunViewRow, selectRunView, selectUnitViews, type UnitRow, type UnitViewRow } from './sql/view';

/** Units of one page. */
const unitsOfPage = 50;

/**
 * A run as its page shows it, with one page of its units: the one that holds the unit in focus, unless another is asked
 * for. The page reads it each second, so it costs three statements, and one more for the progress on each replica while a
 * mutation runs. Throws AppError('not_found').
 */
export async function getRun(
  ctx: Context,
  runId: string,
  wanted: { unit?: string; page?: number } = {},
): Promise<RunView> {
  const id = z.uuid().safeParse(runId);
  const [row] = id.success ? await ctx.db.query(selectRunView, { runId: id.data }) : [];
  if (!row) throw new AppError('not_found', 'There is no such backfill.');
  const worked = row.units.filter(({ state }) => state.status !== 'skipped');
  const focus = worked.find(({ unit }) => unit === wanted.unit) ?? inFocus(worked);
  const pages = Math.max(1, Math.ceil(worked.length / unitsOfPage));
  const holding = Math.floor(Math.max(0, focus ? worked.indexOf(focus) : 0) / unitsOfPage);
  const at = Math.min(pages - 1, Math.max(0, wanted.page ?? holding));
  const shown = worked.slice(at * unitsOfPage, (at + 1) * unitsOfPage);
  const itemIds = [...new Set([...shown, ...(focus ? [focus] : [])].map((unit) => unit.id))];
  const [approval, found, progresses] = await Promise.all([
    row.needs_approval ? approvalUsedBy(ctx, row.order_id ?? row.campaign_id ?? row.id) : null,
    ctx.db.query(selectUnitViews, { itemIds }),
    row.ended_at === null ? readProgress(ctx, [row.id]) : new Map<string, RunProgress>(),
  ]);
  const progress = progresses.get(row.id);
  const details = new Map(found.map((one) => [one.id, one]));
  const views = new Map<string, ItemView>();
  for (const unit of worked) {
    const more = details.get(unit.id);
    if (more) views.set(unit.id, await unitView(ctx, row, unit, { ...more, of: progress?.units.get(unit.id) }));
  }
  const offered = worked.map((unit) => ({
    day: unit.unit,
    state: unit.state,
    begun: unit.begun,
    missing: views.get(unit.id)?.missing ?? missingOf(unit),
  }));
  const troubled =
    offered.find(({ state }) => state.status === 'needs attention') ?? offered.find(({ missing }) => missing);
  const states = worked.map(({ state }) => state);
  const stopped = worked.flatMap(({ unit, state }) =>
    state.status === 'needs attention' ? [{ unit, failure: state.sentence }] : [],
  )[0];
  const verified = worked.filter(({ state }) => state.status === 'verified');
  const pause = pauseOf(row);
  const run = { status: row.status, cancelAfter: row.cancel_after, pause };
  return {
    id: row.id,
    customerId: row.customer_id,
    strategy: row.strategy,
    fromDay: row.from_day,
    toDay: row.to_day,
    timeZone: row.scope.timeZone,
    status: row.status,
    startedBy: row.started_by,
    reason: row.reason,
    why: row.why,
    createdAtMs: row.created_at,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    unitsTotal: worked.length,
    unitsVerified: verified.length,
    daysSkipped: row.units.length - worked.length,
    rowsToDelete: row.rows_to_delete,
    gapMs: longest(worked.map((unit) => views.get(unit.id)?.gapMs ?? gapOf(unit, row.now))),
    gapOpen: offered.some(({ missing }) => missing !== null) || worked.some(isGapOpen),
    undone: row.undone,
    progress: progress?.run ?? null,
    undoOf: row.undo_of,
    campaignId: row.campaign_id,
    unitChoice: row.unit_choice,
    approval,
    counts: countsOf(row.units),
    units: shown.flatMap((unit) => views.get(unit.id) ?? []),
    page: { at, of: pages },
    skipped: row.units.flatMap(({ unit, state, skip }) => (state.status === 'skipped' ? [{ unit, skip }] : [])),
    focus: (focus && views.get(focus.id)) ?? null,
    stopped: stopped ?? null,
    canUndo: row.has_backup && row.status !== 'queued' && row.status !== 'running',
    events: row.events.map(({ at: atMs, item_id, ...event }) => ({ ...event, atMs, itemId: item_id })),
    result:
      verified.length > 0 ? resultSentence({ strategy: row.strategy, startedBy: row.started_by, verified }) : null,
    changed: changedBy(verified),
    situation: troubled ? situationOf(troubled) : null,
    next: nextSentence({ ...run, undone: row.undone !== null }, offered, row.workers),
    controls: controlsOf(run, states, offered.find(({ state }) => isWorking(state.status))?.begun),
    offers: withoutTwins(offersOf(run, offered)),
    cancelAfter: row.cancel_after,
    pause,
    stay: row.stay && { by: row.stay.by, untilMs: row.stay.until },
  };
}

/** The unit that is shown where none is chosen: the one in trouble, else the one in work, else the one done last. */
function inFocus(units: readonly UnitRow[]): UnitRow | undefined {
  const inTrouble = units.find(
    ({ state: { status } }) => status === 'needs attention' || status === 'deleted, not relabelled',
  );
  return (
    inTrouble ??
    units.find(({ state }) => isWorking(state.status)) ??
    units.findLast(({ state }) => state.status !== 'planned') ??
    units[0]
  );
}

/** The sum of the units, where all were compared. */
const changedBy = (verified: readonly UnitRow[]): number | null =>
  verified.length === 0
    ? null
    : verified.reduce<number | null>(
        (sum, { changed }) => (sum === null || changed === null ? null : sum + changed),
        0,
      );

function countsOf(units: readonly UnitRow[]): UnitCounts {
  const counts: UnitCounts = { planned: 0, working: 0, 'needs attention': 0, verified: 0, cancelled: 0, skipped: 0 };
  for (const { state } of units) counts[isWorking(state.status) ? 'working' : state.status] += 1;
  return counts;
}

/** What is shown of a unit besides its row; `of` is its progress, while it is not over. */
type More = UnitViewRow & { of: UnitProgress | undefined };

async function unitView(ctx: Context, run: RunViewRow, unit: UnitRow, more: More): Promise<ItemView> {
  const { state, evidence } = unit;
  const { mutation, missing } = await liveLabels(ctx, run, unit, more);
  return {
    id: unit.id,
    unit: unit.unit,
    status: state.status,
    attempt: state.attempt,
    plan: more.plan,
    steps: stepViews(state, more.steps, run.stay?.by ?? null),
    mutation,
    progress: more.of?.progress ?? null,
    failure: state.status === 'needs attention' ? state.sentence : null,
    gapMs: gapOf(unit, run.now) ?? (missing ? Math.max(0, run.now - missing.sinceMs) : null),
    missing,
    deletedRows: deletedRowsOf({ missing, evidence, begun: more.begun }),
    undoneBy: more.undone_by,
    canUndo: state.backupAttempt !== null && state.status !== 'planned' && !isWorking(state.status) && !more.dropped,
    startedAtMs: more.started_at,
    endedAtMs: more.ended_at,
    evidence,
  };
}

const longest = (gaps: (number | null)[]): number | null =>
  gaps.reduce((most, gap) => (gap === null ? most : Math.max(most ?? 0, gap)), null);

/** One row for each replica, also where a delete is submitted in batches. */
function perHost(
  progress: Omit<MutationProgress, 'progress'>[],
  samples: readonly MutationSample[],
  nowMs: number,
): MutationProgress[] {
  const hosts = new Map<string, MutationProgress>();
  for (const one of progress) {
    const sum = hosts.get(one.host);
    hosts.set(one.host, {
      host: one.host,
      partsToDo: (sum?.partsToDo ?? 0) + one.partsToDo,
      isDone: (sum?.isDone ?? true) && one.isDone,
      failReason: sum?.failReason || (one.isDone ? '' : one.failReason),
      progress: mutationProgressOn(one.host, samples, nowMs),
    });
  }
  return [...hosts.values()];
}

/**
 * The progress on each replica while the day deletes, and what is left of its labels while no worker drives it. Where
 * they cannot be read, the page is shown without them.
 */
async function liveLabels(
  ctx: Context,
  run: RunViewRow,
  row: UnitRow,
  { scope, of: work }: More,
): Promise<Pick<ItemView, 'mutation' | 'missing'>> {
  const { unit, state } = row;
  const known = missingOf(row);
  const deletes = isDeleting(state);
  const isStopped = state.status === 'needs attention' || run.workers === 0;
  if (!deletes && !(known && isStopped)) return { mutation: [], missing: known };
  try {
    const tables = await readTables(ctx, run.scope);
    if (known && isStopped) {
      const left = await countLabelRows(ctx, { scope, tables });
      return { mutation: [], missing: { ...known, left } };
    }
    const progress = await mutationProgress(ctx, { tables, tag: unitTagText({ runId: run.id, unit }), under: true });
    const of = { runId: run.id, unit, scope, rows: row.label_rows, tables };
    const missing = isStopped && mayHaveDeleted(state) ? await lookAtDelete(ctx, of, progress) : null;
    return { mutation: perHost(progress, work?.samples ?? [], run.now), missing };
  } catch (error) {
    ctx.log.warn({ err: error, run: run.id }, 'what is left of the labels could not be read');
    return { mutation: [], missing: known };
  }
}

const isDeleting = (state: ItemState): boolean => {
  const inIt = state.status === 'needs attention' ? state.failedIn : state.status;
  return inIt === 'deleting' || inIt === 'waiting for mutation';
};

const isGapOpen = (item: UnitRow): boolean =>
  item.gap_ms === null && item.gap_from_at !== null && item.gap_to_at === null;
