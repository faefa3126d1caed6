import type { Plan } from '@/lib/backfill/model';

type Summed = 'rowsToDelete' | 'conversationsToRelabel' | 'conversationsThatChange' | 'partsTouched' | 'bytesTouched';

/** Over the days that are not skipped. */
export const sum = (plan: Plan, key: Summed): number =>
  plan.days.reduce((total, day) => total + (day.skip ? 0 : day[key]), 0);
