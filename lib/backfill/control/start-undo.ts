import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { requestApproval } from '@/lib/approvals/request-approval';
import { spendApproval } from '@/lib/approvals/spend-approval';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { unitInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { isConflict, type Transaction } from '@/lib/postgres/client';
import { agree, formatNumber, listed } from '@/lib/words';
import { keptPlan } from '../plan/kept-plan';
import { makeUndoPlan } from '../plan/plan-undo';
import { backfillQueue, sendItem } from '../repair/queue';
import { setRunStatus } from '../repair/set-run-status';
import { cancelPlanned, changeUnit } from '../repair/settle-run';
import { StartUndo } from '../state/command-model';
import type { Plan, UndoUnit } from '../state/plan-model';
import { selectItems } from '../state/sql/items';
import { insertEvent, lockRun } from '../state/sql/runs';
import { insertAll, refuseChanged, refuseObstacles, refuseOverlap, seenPlan } from './start-backfill';

/**
 * Starts exactly the previewed undo, which a second person has approved, as a separate run. It closes a former run that
 * waits for a decision, in the same transaction, also where a day is half deleted. The worker gives the plan that was
 * `approved`. Throws AppError('refused') that names what changed, which pre-check fails, or that it is not approved, and
 * 'conflict' for an overlapping run.
 */
export async function startUndo(
  ctx: Context,
  input: StartUndo,
  actor: Actor,
  approved?: Plan,
): Promise<{ runId: string }> {
  const request = StartUndo.parse(input);
  await refuseWhileStopped(ctx.db);
  const plan = await undoToStart(ctx, request, approved);
  const customer = await getCustomer(ctx, plan.customerId);
  const runId = randomUUID();
  const boss = await backfillQueue(ctx);
  try {
    await ctx.db.transaction(async (tx) => {
      const approval = await spendApproval(
        tx,
        { kind: 'undo', planHash: plan.hash, confirmed: request.confirmed, usedBy: runId },
        actor,
      );
      await closeFormer(tx, { formerId: request.runId, runId, reason: request.reason, actor });
      const firstItem = await insertAll(tx, { runId, plan, customer, request, approval, actor });
      await sendItem(boss, tx, { itemId: firstItem, customerId: customer.id });
    });
  } catch (error) {
    if (isConflict(error, 'backfill_runs_one_active')) await refuseOverlap(ctx, plan, error);
    throw error;
  }
  return { runId };
}

/** Asks a second person for exactly the previewed undo. Throws AppError('refused') like `askApproval`. */
export async function askUndo(ctx: Context, input: StartUndo, actor: Actor): Promise<{ approvalId: string }> {
  const request = StartUndo.parse(input);
  const plan = await keptPlan(ctx, request.planHash);
  if (plan.undoOf?.runId !== request.runId || (plan.undoOf.unit ?? undefined) !== request.unit)
    throw new AppError('refused', 'This is not the plan of an undo of this run.');
  refuseObstacles(plan, request.confirmed);
  const working = plan.units.filter((day) => day.skip === null);
  const sum = (of: (undo: UndoUnit) => number) => working.reduce((all, { undo }) => all + (undo ? of(undo) : 0), 0);
  const rows = sum((undo) => undo.rows);
  const differ = sum((undo) => undo.differAfter);
  return requestApproval(
    ctx,
    {
      kind: 'undo',
      subject: `${request.runId} ${request.unit ?? 'every unit'}`,
      planHash: plan.hash,
      plan,
      confirmed: request.confirmed,
      customerId: plan.customerId,
      summary: `Undo of run ${request.runId}: ${plan.customerId}, ${listed(
        working.map(({ unit }) => unitInWords(unit)),
        10,
      )} (${plan.timeZone}); ${formatNumber(rows)} rows come back, ${formatNumber(differ)} ${agree(differ, 'conversation', 'conversations')} will differ from the truth`,
      rows: plan.rowsToDelete,
      reason: request.reason,
    },
    actor,
  );
}

async function undoToStart(ctx: Context, request: z.output<typeof StartUndo>, approved?: Plan): Promise<Plan> {
  const plan = await makeUndoPlan(ctx, { runId: request.runId, unit: request.unit });
  if (plan.hash !== request.planHash) refuseChanged(approved ?? (await seenPlan(ctx, request.planHash)), plan);
  refuseObstacles(plan, request.confirmed);
  return plan;
}

async function closeFormer(
  tx: Transaction,
  of: { formerId: string; runId: string; reason: string; actor: Actor },
): Promise<void> {
  const { formerId, runId, reason, actor } = of;
  const [former] = await tx.query(lockRun, { runId: formerId });
  if (!former) throw new AppError('not_found', 'There is no such backfill.');
  if (former.status === 'queued' || former.status === 'running')
    throw new AppError('conflict', 'The run is still active. Cancel it first, then undo it.');
  if (former.status !== 'needs attention') return;
  const items = await tx.query(selectItems, { runId: formerId });
  const sentence = `${actor.name} closed it through the undo ${runId}: ${reason}`;
  for (const item of items) await changeUnit(tx, item, { kind: 'hand to undo', sentence });
  await cancelPlanned(tx, formerId, items, 'The run was closed through an undo before this unit began.');
  await setRunStatus(tx, formerId, 'closed');
  await tx.query(insertEvent, {
    runId: formerId,
    itemId: null,
    kind: 'closed through undo',
    text: sentence,
    numbers: '{}',
  });
  await recordAudit(tx, actor, {
    action: 'backfill.close',
    customerId: former.customerId,
    subject: formerId,
    runId: formerId,
    reason,
    detail: { undo: runId },
  });
}
