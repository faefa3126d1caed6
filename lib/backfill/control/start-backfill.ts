import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { ListedApproval } from '@/lib/approvals/model';
import { spendApproval } from '@/lib/approvals/spend-approval';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { requireUnchanged } from '@/lib/customers/require-active';
import type { StoredCustomer } from '@/lib/customers/state-model';
import { scopeOfUnit } from '@/lib/customers/unit-model';
import { rangeInWords } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { refuseWhileStopped } from '@/lib/holds/refuse-while-stopped';
import { isConflict, type Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { count } from '@/lib/words';
import { refuseDifferences } from '../plan/kept-plan';
import { makePlan } from '../plan/plan-backfill';
import { planDifferences } from '../plan/plan-hash';
import { obstacles } from '../plan/pre-checks';
import { selectPlan } from '../plan/sql/plans';
import { unapprovedRows } from '../plan/unapproved-rows';
import { backfillQueue, sendItem } from '../repair/queue';
import { daysMax, StartBackfill } from '../state/command-model';
import { planned, skipped } from '../state/machine';
import { isAboveThreshold, isRepair, type Plan } from '../state/plan-model';
import { insertEvent, insertItems, insertRun, lockCustomer, selectActiveRun } from '../state/sql/runs';

/**
 * Starts exactly the previewed plan: run, days, events, audit and the first queue job in one transaction, which also
 * counts what was lately deleted without an approval. With the plan that was `approved`, it uses that approval. Throws
 * AppError('refused') that names what changed, which pre-check fails, or what needs a confirmation or a second person's
 * approval; and AppError('conflict') with the link of the active run where the ranges overlap.
 */
export async function startBackfill(
  ctx: Context,
  input: StartBackfill,
  actor: Actor,
  approved?: Plan,
): Promise<{ runId: string }> {
  const request = StartBackfill.parse(input);
  await refuseWhileStopped(ctx.db);
  const customer = await getCustomer(ctx, request.customerId);
  const plan = await planToStart(ctx, request, approved ?? (await seenPlan(ctx, request.planHash)));
  const runId = randomUUID();
  const boss = await backfillQueue(ctx);
  try {
    await ctx.db.transaction(async (tx) => {
      await tx.query(lockCustomer, { customerId: customer.id });
      const unapproved = await unapprovedRows(tx, customer.id);
      const needsApproval =
        approved !== undefined || isAboveThreshold(plan.rowsToDelete, unapproved, ctx.config.backfill.approvalRows);
      const use = { kind: 'backfill' as const, planHash: plan.hash, confirmed: request.confirmed, usedBy: runId };
      const approval = needsApproval ? await spendApproval(tx, use, actor) : null;
      const started = { ...plan, needsApproval, unapprovedRows: unapproved };
      const firstItem = await insertAll(tx, { runId, plan: started, customer, request, approval, actor });
      await sendItem(boss, tx, { itemId: firstItem, customerId: customer.id });
    });
  } catch (error) {
    if (isConflict(error, 'backfill_runs_one_active')) await refuseOverlap(ctx, plan, error);
    throw error;
  }
  return { runId };
}

/**
 * The plan that the person saw, made again from the labels and pre-checks of now, with no pre-check against it. Throws
 * AppError('refused') like `startBackfill`.
 */
async function planToStart(ctx: Context, request: z.output<typeof StartBackfill>, seen: Plan): Promise<Plan> {
  if (!isRepair(seen)) throw unknownPlan();
  const plan = await makePlan(ctx, request, { seen });
  if (plan.hash !== request.planHash) refuseChanged(seen, plan);
  refuseObstacles(plan, request.confirmed);
  return plan;
}

/** The run, its days, its first event and its audit row. Returns the first day's item. */
export async function insertAll(
  tx: Transaction,
  of: {
    runId: string;
    plan: Plan;
    customer: StoredCustomer;
    request: { confirmed: string[]; reason: string };
    /** The approval that the run uses; null where none is needed. */
    approval: ListedApproval | null;
    actor: Actor;
    /** The campaign that starts it. */
    campaignId?: string;
  },
): Promise<string> {
  const { runId, plan, customer, request, approval, actor, campaignId } = of;
  await refuseWhileStopped(tx);
  await requireUnchanged(tx, customer);
  const items = plan.units.map((day, seq) => ({
    id: randomUUID(),
    seq,
    unit: day.unit,
    scope: scopeOfUnit(customer, day.unit),
    state: day.skip === null ? planned(plan.strategy, day.labelRows) : skipped(plan.strategy, day.labelRows, day.skip),
    plan: day,
  }));
  await tx.query(insertRun, {
    id: runId,
    customerId: customer.id,
    strategy: plan.strategy,
    fromDay: plan.fromDay,
    toDay: plan.toDay,
    scope: JSON.stringify(scopeOf(customer, plan.fromDay, plan.toDay, daysMax)),
    plan: storedJson(plan),
    planHash: plan.hash,
    confirmed: request.confirmed,
    reason: request.reason,
    startedBy: actor.name,
    undoOf: plan.undoOf?.runId ?? null,
    campaignId: campaignId ?? null,
  });
  await tx.query(insertItems, { runId, items: JSON.stringify(items) });
  const working = items.filter((item) => item.plan.skip === null);
  const by = campaignId === undefined ? actor.name : `A campaign of ${actor.name}`;
  const text = `${by} started "${plan.strategy}"${plan.undoOf ? ` of run ${plan.undoOf.runId}` : ''} for ${count(working.length, 'unit')}: ${count(plan.rowsToDelete, 'label row')} to delete.${approval ? ` ${approval.decidedBy} approved it.` : ''}`;
  await tx.query(insertEvent, {
    runId,
    itemId: null,
    kind: 'started',
    text,
    numbers: JSON.stringify({ days: working.length, rowsToDelete: plan.rowsToDelete }),
  });
  await recordAudit(tx, actor, {
    action: plan.undoOf ? 'undo.start' : 'backfill.start',
    customerId: customer.id,
    subject: `${plan.strategy}, ${count(plan.rowsToDelete, 'label row')} to delete`,
    runId,
    planHash: plan.hash,
    reason: request.reason || undefined,
    detail: {
      strategy: plan.strategy,
      rowsToDelete: plan.rowsToDelete,
      confirmed: request.confirmed,
      ...(plan.undoOf ? { undoOf: plan.undoOf } : {}),
      ...(campaignId === undefined ? {} : { campaignId }),
    },
  });
  const first = working[0];
  if (!first) throw new Error('a run without working days passed its checks');
  return first.id;
}

const unknownPlan = () =>
  new AppError('refused', 'This plan is not known here, or older than a day. Look at a new preview first.');

/** The plan that a person saw. Throws AppError('refused') where it is not kept. */
export async function seenPlan(ctx: Context, hash: string): Promise<Plan> {
  const [seen] = await ctx.db.query(selectPlan, { hash });
  if (!seen) throw unknownPlan();
  return seen;
}

/** Throws AppError('refused') that names what differs from the plan that the person saw. */
export function refuseChanged(seen: Plan, now: Plan): never {
  refuseDifferences(planDifferences(seen, now));
  throw new AppError('refused', 'The plan changed since you looked at it. Look at a new preview first.');
}

/** Throws AppError('refused') for each pre-check that fails, or is unknown and not confirmed. */
export function refuseObstacles(plan: Plan, confirmed: readonly string[]): void {
  if (plan.units.every((day) => day.skip !== null))
    throw new AppError('refused', plan.undoOf ? 'There is nothing to undo.' : 'No day of the range needs a repair.');
  const found = obstacles(plan.checks, confirmed);
  const failed = found.filter((check) => check.verdict === 'fail');
  if (failed.length > 0)
    throw new AppError('refused', `A pre-check fails. ${failed.map((check) => check.sentence).join(' ')}`);
  if (found.length > 0)
    throw new AppError(
      'refused',
      `Confirm first what is not known: ${found.map((check) => `${check.title} ("${check.id}")`).join('; ')}.`,
      { fields: Object.fromEntries(found.map((check) => [check.id, check.sentence])) },
    );
}

/** Throws AppError('conflict') with the active run's address. */
export async function refuseOverlap(ctx: Context, plan: Plan, cause: unknown): Promise<never> {
  const [active] = await ctx.db.query(selectActiveRun, {
    customerId: plan.customerId,
    fromDay: plan.fromDay,
    toDay: plan.toDay,
  });
  const link = active
    ? ` See /backfills/${active.id}: ${rangeInWords(active.fromDay, active.toDay)}, ${active.status}.`
    : '';
  throw new AppError('conflict', `Another backfill of ${plan.customerId} is active in this range.${link}`, {
    cause,
    fields: active ? { runId: active.id } : undefined,
  });
}
