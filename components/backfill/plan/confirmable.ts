import type { Plan } from '@/lib/backfill/state/plan-model';
import { count } from '@/lib/words';
import { sum } from './plan-sums';

/** What a person must confirm: every pre-check whose verdict is unknown. */
export function toConfirm(plan: Plan): { id: string; sentence: string }[] {
  return plan.checks
    .filter((check) => check.verdict === 'unknown')
    .map((check) => ({
      id: check.id,
      sentence: check.id === 'open-labels' ? openSentence(plan) : `“${check.title}” is unknown. Go on anyway.`,
    }));
}

function openSentence(plan: Plan): string {
  return `Remove the labels of ${count(sum(plan, 'openThatLoseLabel'), 'open conversation')}.`;
}
