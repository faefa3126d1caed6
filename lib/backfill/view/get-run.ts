import { z } from 'zod';
import { approvalUsedBy } from '@/lib/approvals/list-approvals';
import type { Context } from '@/lib/context';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { unitTagText } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { lookAtDelete, mayHaveDeleted } from '../repair/look-at-delete';
import { controlsOf } from '../state/controls';
import type { ItemState } from '../state/machine';
import type { ItemView, MutationProgress, RunView } from '../state/model';
import { isWorking } from '../state/states';
import { nextSentence } from './next-sentence';
import { offersOf, situationOf, withoutTwins } from './offers';
import { deletedRowsOf, resultSentence } from './result-sentence';
import { gapOf, missingOf, stepViews } from './run-view';
import { type RunViewRow, selectRunView } from './sql/view';

/**
 * A run as its page shows it. The page reads it each second, so it costs one statement, and one more for the progress on
 * each replica while a mutation runs.
 * Throws AppError('not_found').
 */
export async function getRun(ctx: Context, runId: string): Promise<RunView> {
  const id = z.uuid().safeParse(runId);
  const [row] = id.success ? await ctx.db.query(selectRunView, { runId: id.data }) : [];
  if (!row) throw new AppError('not_found', 'There is no such backfill.');
  const [approval, items] = await Promise.all([
    row.plan.needsApproval ? approvalUsedBy(ctx, row.id) : null,
    Promise.all(row.items.map((item) => itemView(ctx, row, item))),
  ]);
  const days = row.items.map(({ day, state, begun }, at) => ({
    day,
    state,
    begun,
    missing: items[at]?.missing ?? null,
  }));
  const troubled = days.find(({ state }) => state.status === 'needs attention') ?? days.find(({ missing }) => missing);
  const states = row.items.map((item) => item.state);
  const run = { status: row.status, cancelAfter: row.cancel_after };
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
    createdAtMs: row.created_at,
    startedAtMs: row.started_at,
    endedAtMs: row.ended_at,
    unitsTotal: states.length,
    unitsVerified: states.filter((state) => state.status === 'verified').length,
    daysSkipped: states.filter((state) => state.status === 'skipped').length,
    rowsToDelete: row.plan.rowsToDelete,
    gapMs: longest(items.map((item) => item.gapMs)),
    gapOpen: items.some(({ missing }) => missing !== null) || row.items.some(isGapOpen),
    undone: row.undone,
    plan: row.plan,
    approval,
    items,
    events: row.events.map(({ at, item_id, ...event }) => ({ ...event, atMs: at, itemId: item_id })),
    result: items.some(({ status }) => status === 'verified')
      ? resultSentence({ strategy: row.strategy, startedBy: row.started_by, items })
      : null,
    situation: troubled ? situationOf(troubled) : null,
    next: nextSentence({ ...run, undone: row.undone !== null }, days, row.workers),
    controls: controlsOf(run, states, days.find(({ state }) => isWorking(state.status))?.begun),
    offers: withoutTwins(offersOf(run, days)),
    cancelAfter: row.cancel_after,
    hold: row.hold && { by: row.hold.by, untilMs: row.hold.until },
  };
}

async function itemView(ctx: Context, run: RunViewRow, item: RunViewRow['items'][number]): Promise<ItemView> {
  const { state } = item;
  const { mutation, missing } = await liveLabels(ctx, run, item);
  const steps = stepViews(
    state,
    run.steps.filter((step) => step.item_id === item.id),
    run.hold?.by ?? null,
  );
  return {
    id: item.id,
    unit: item.day,
    status: state.status,
    attempt: state.attempt,
    plan: item.plan,
    steps,
    mutation,
    failure: state.status === 'needs attention' ? state.sentence : null,
    gapMs: gapOf(item, run.now) ?? (missing ? Math.max(0, run.now - missing.sinceMs) : null),
    missing,
    deletedRows: deletedRowsOf({ missing, evidence: item.evidence, steps }),
    undoneBy: item.undone_by,
    canUndo: state.backupAttempt !== null && state.status !== 'planned' && !isWorking(state.status) && !item.dropped,
    startedAtMs: item.started_at,
    endedAtMs: item.ended_at,
    evidence: item.evidence,
  };
}

const longest = (gaps: (number | null)[]): number | null =>
  gaps.reduce((most, gap) => (gap === null ? most : Math.max(most ?? 0, gap)), null);

/** One row for each replica, also where a delete is submitted in batches. */
function perHost(progress: MutationProgress[]): MutationProgress[] {
  const hosts = new Map<string, MutationProgress>();
  for (const one of progress) {
    const sum = hosts.get(one.host);
    hosts.set(one.host, {
      host: one.host,
      partsToDo: (sum?.partsToDo ?? 0) + one.partsToDo,
      isDone: (sum?.isDone ?? true) && one.isDone,
      failReason: sum?.failReason || (one.isDone ? '' : one.failReason),
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
  item: RunViewRow['items'][number],
): Promise<Pick<ItemView, 'mutation' | 'missing'>> {
  const { day: unit, scope, state, plan } = item;
  const known = missingOf(item);
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
    const of = { runId: run.id, unit, scope, rows: plan.labelRows, tables };
    const missing = isStopped && mayHaveDeleted(state) ? await lookAtDelete(ctx, of, progress) : null;
    return { mutation: perHost(progress), missing };
  } catch (error) {
    ctx.log.warn({ err: error, run: run.id }, 'what is left of the labels could not be read');
    return { mutation: [], missing: known };
  }
}

const isDeleting = (state: ItemState): boolean => {
  const inIt = state.status === 'needs attention' ? state.failedIn : state.status;
  return inIt === 'deleting' || inIt === 'waiting for mutation';
};

const isGapOpen = (item: RunViewRow['items'][number]): boolean =>
  item.gap_ms === null && item.gap_from_at !== null && item.gap_to_at === null;
