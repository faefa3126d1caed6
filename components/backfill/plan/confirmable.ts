import type { Plan } from '@/lib/backfill/state/plan-model';
import { count } from '@/lib/words';
import { sum } from './plan-sums';

/** What a person must confirm: every pre-check whose verdict is unknown. */
export function toConfirm(plan: Plan): { id: string; sentence: string }[] {
  return plan.checks
    .filter((check) => check.verdict === 'unknown')
    .map((check) => ({
      id: check.id,
      sentence: sentences[check.id]?.(plan, check) ?? `“${check.title}” is not known. Continue anyway.`,
    }));
}

const sentences: Record<string, (plan: Plan, check: Plan['checks'][number]) => string> = {
  'open-labels': (plan) => `Remove the labels of ${count(sum(plan, 'openThatLoseLabel'), 'open conversation')}.`,
  orphans: (_plan, { numbers }) => `${count(numbers.orphans ?? 0, 'orphan')} will stay. Continue anyway.`,
};
