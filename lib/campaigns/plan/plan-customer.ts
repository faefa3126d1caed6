import type { z } from 'zod';
import { refuseObstacles } from '@/lib/backfill/control/start-backfill';
import { makePlan } from '@/lib/backfill/plan/plan-backfill';
import { type PreCheck, type RepairPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import { isPassing } from '@/lib/clickhouse/failure';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { patiently } from '@/lib/patience';
import type { CustomerPlan, PlanCampaign } from '../state/campaign-model';

type Request = z.output<typeof PlanCampaign>;

/** For how long the plan of a customer is tried again while ClickHouse refuses what passes. */
const passingMs = 60_000;

/**
 * The plan of now of a customer of a campaign. Days of which a recent scan knows that they need nothing are not counted
 * again.
 */
export const freshPlan = (ctx: Context, customerId: string, { fromDay, toDay, strategy, units }: Request) =>
  makePlan(ctx, { customerId, fromDay, toDay, strategy, units, recount: false });

/** What is kept of a plan. `rowsMost` is set when all customers are planned. */
export function customerPlanOf(plan: RepairPlan): CustomerPlan {
  const worked = workedUnits(plan);
  return {
    strategy: plan.strategy,
    labelsTable: plan.labelsTable,
    labelKey: plan.labelKey,
    jobTemplate: plan.jobTemplate,
    planHash: plan.hash,
    units: worked.length,
    days: worked.reduce((sum, { days }) => sum + days.length, 0),
    rowsToDelete: plan.rowsToDelete,
    rowsMost: plan.rowsToDelete,
    conversations: worked.reduce((sum, unit) => sum + unit.conversationsThatChange, 0),
    seconds: plan.expectedSeconds,
    gapSeconds: plan.offers.find(({ strategy }) => strategy === plan.strategy)?.gapSeconds ?? 0,
  };
}

/** Whether nothing of a plan's range needs a repair. */
export const needsNothing = (plan: RepairPlan): boolean => workedUnits(plan).length === 0;

/** Why a plan cannot be started as it is; null where it can. */
export function obstacleOf(plan: RepairPlan, confirmed: readonly string[]): string | null {
  try {
    refuseObstacles(plan, confirmed);
    return null;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
}

export type PlannedCustomer = { plan: CustomerPlan | null; checks: PreCheck[]; sentence: string | null };

/** Plans one customer. What keeps it out of the campaign is its sentence, and stops no other customer. */
export async function planCustomer(
  ctx: Context,
  of: { customerId: string; request: Request },
  signal: AbortSignal,
): Promise<PlannedCustomer> {
  try {
    const patience = { msFor: (error: unknown) => (isPassing(error) ? passingMs : 0) };
    const plan = await patiently(patience, () => freshPlan(ctx, of.customerId, of.request), signal);
    return { plan: customerPlanOf(plan), checks: plan.checks, sentence: obstacleOf(plan, of.request.confirmed) };
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    return { plan: null, checks: [], sentence: `It could not be planned. ${error.message}` };
  }
}
