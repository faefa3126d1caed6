import { type Plan, type UnitPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import type { PlanSums } from '@/lib/backfill/state/strategies';

export type Summed =
  | 'rowsToDelete'
  | 'conversationsToRelabel'
  | 'conversationsThatChange'
  | 'partsTouched'
  | 'bytesTouched'
  | 'orphansThatGo'
  | 'openThatLoseLabel';

const over = (plan: Plan, of: (unit: UnitPlan) => number): number =>
  workedUnits(plan).reduce((total, unit) => total + of(unit), 0);

/** The sum over the units that are worked on. */
export const sum = (plan: Plan, key: Summed): number => over(plan, (unit) => unit[key]);

/** What a plan comes to, for the words of its strategy. */
export const sumsOf = (plan: Plan): PlanSums => ({
  days: over(plan, ({ days }) => days.length),
  rowsToDelete: plan.rowsToDelete,
  conversationsToRelabel: sum(plan, 'conversationsToRelabel'),
  conversationsThatChange: sum(plan, 'conversationsThatChange'),
  rowsThatComeBack: over(plan, ({ undo }) => undo?.rows ?? 0),
  differAfter: over(plan, ({ undo }) => undo?.differAfter ?? 0),
});
