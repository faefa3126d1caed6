import { z } from 'zod';
import { approvalUsedBy } from '@/lib/approvals/list-approvals';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { dayTag } from '@/lib/mutations/model';
import { mutationProgress } from '@/lib/mutations/mutation-progress';
import type { Context } from '@/lib/server/context';
import { controlsOf } from './machine';
import type { ItemView, MutationProgress, RunView } from './model';
import { nextSentence } from './next-sentence';
import { isWorking } from './paths';
import { gapOf, stepViews } from './run-view';
import { type RunViewRow, selectRunView } from './sql/view';

/**
 * A run as its page shows it, polled each second: one statement, and while a mutation runs its progress per replica.
 * Throws AppError('not_found').
 */
export async function getRun(ctx: Context, runId: string): Promise<RunView> {
  const id = z.uuid().safeParse(runId);
  const [row] = id.success ? await ctx.db.query(selectRunView, [id.data]) : [];
  if (!row) throw new AppError('not_found', 'There is no such backfill.');
  const [approval, items] = await Promise.all([
    row.plan.needsApproval ? approvalUsedBy(ctx, row.id) : null,
    Promise.all(row.items.map((item) => itemView(ctx, row, item))),
  ]);
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
    daysTotal: states.length,
    daysVerified: states.filter((state) => state.status === 'verified').length,
    daysSkipped: states.filter((state) => state.status === 'skipped').length,
    rowsToDelete: row.plan.rowsToDelete,
    gapMs: longest(items.map((item) => item.gapMs)),
    plan: row.plan,
    approval,
    items,
    events: row.events.map(({ at, item_id, ...event }) => ({ ...event, atMs: at, itemId: item_id })),
    next: nextSentence(run, row.items, row.workers),
    controls: controlsOf(run, states),
    cancelAfter: row.cancel_after,
  };
}

async function itemView(ctx: Context, run: RunViewRow, item: RunViewRow['items'][number]): Promise<ItemView> {
  const { state } = item;
  return {
    id: item.id,
    day: item.day,
    status: state.status,
    attempt: state.attempt,
    plan: item.plan,
    steps: stepViews(
      state,
      run.steps.filter((step) => step.item_id === item.id),
    ),
    mutation: await liveMutation(ctx, run, item),
    failure: state.status === 'needs attention' ? state.sentence : null,
    gapMs: gapOf(item, run.now),
    undoneBy: item.undone_by,
    canUndo: state.backup !== null && state.status !== 'planned' && !isWorking(state.status) && !item.dropped,
    startedAtMs: item.started_at,
    endedAtMs: item.ended_at,
    evidence: item.evidence,
  };
}

const longest = (gaps: (number | null)[]): number | null =>
  gaps.reduce((most, gap) => (gap === null ? most : Math.max(most ?? 0, gap)), null);

/** Deletes that come in batches, one row a replica. */
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

/** Progress per replica while the day deletes; a page without it is better than no page. */
async function liveMutation(
  ctx: Context,
  run: RunViewRow,
  { day, state }: RunViewRow['items'][number],
): Promise<MutationProgress[]> {
  const inIt = state.status === 'needs attention' ? state.failedIn : state.status;
  if (inIt !== 'deleting' && inIt !== 'waiting for mutation') return [];
  try {
    const tables = await readTables(ctx, run.scope);
    return perHost(await mutationProgress(ctx, { tables, tag: dayTag({ runId: run.id, day }), under: true }));
  } catch (error) {
    ctx.log.warn({ err: error, run: run.id }, 'the progress of a mutation could not be read');
    return [];
  }
}
