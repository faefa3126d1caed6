import type { DayPlan, Plan } from '@/lib/backfill/state/model';

export type Summed =
  | 'rowsToDelete'
  | 'conversationsToRelabel'
  | 'conversationsThatChange'
  | 'partsTouched'
  | 'bytesTouched'
  | 'orphansThatGo'
  | 'openThatLoseLabel';

const over = (plan: Plan, of: (day: DayPlan) => number): number =>
  plan.days.reduce((total, day) => total + (day.skip ? 0 : of(day)), 0);

/** The sum over the days that are not skipped. */
export const sum = (plan: Plan, key: Summed): number => over(plan, (day) => day[key]);

/** Conversations that will differ from the truth after an undo. */
export const differAfterUndo = (plan: Plan): number => over(plan, ({ undo }) => undo?.differAfter ?? 0);

/** The rows of the backups that an undo restores. */
export const rowsThatComeBack = (plan: Plan): number => over(plan, ({ undo }) => undo?.rows ?? 0);
