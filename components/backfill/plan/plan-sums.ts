import type { Plan, UnitPlan } from '@/lib/backfill/state/plan-model';
import type { PlanSums } from '@/lib/backfill/state/strategies';

export type Summed =
  | 'rowsToDelete'
  | 'conversationsToRelabel'
  | 'conversationsThatChange'
  | 'partsTouched'
  | 'bytesTouched'
  | 'orphansThatGo'
  | 'openThatLoseLabel';

const over = (plan: Plan, of: (day: UnitPlan) => number): number =>
  plan.units.reduce((total, day) => total + (day.skip ? 0 : of(day)), 0);

/** The sum over the days that are not skipped. */
export const sum = (plan: Plan, key: Summed): number => over(plan, (day) => day[key]);

/** What a plan comes to, for the words of its strategy. */
export const sumsOf = (plan: Plan): PlanSums => ({
  days: plan.units.filter((day) => !day.skip).length,
  rowsToDelete: plan.rowsToDelete,
  conversationsToRelabel: sum(plan, 'conversationsToRelabel'),
  conversationsThatChange: sum(plan, 'conversationsThatChange'),
  rowsThatComeBack: over(plan, ({ undo }) => undo?.rows ?? 0),
  differAfter: over(plan, ({ undo }) => undo?.differAfter ?? 0),
});
