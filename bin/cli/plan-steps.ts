import type { ReportPlan } from '@/lib/backfill/plan/plan-request-model';
import type { PlanStep } from '@/lib/backfill/plan/step-model';
import { say } from './output';

/** A preview that is ready before this prints no steps. */
const quietMs = 2_000;
const everyMs = 2_000;

const texts: Record<PlanStep, string> = {
  counting: 'counting affected conversations',
  reading: 'reading the labels that will change',
  checking: 'running the pre-checks',
  'active days': 'counting Active Days before and after',
};

/** Prints the progress of a preview on stderr every few seconds. */
export function sayPlanStep(): ReportPlan {
  let saidAt = performance.now() + quietMs - everyMs;
  return (step, done, total) => {
    if (performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    say(`${texts[step]}${total > 1 ? `, ${done} of ${total}` : ''}`);
  };
}
