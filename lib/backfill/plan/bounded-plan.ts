import { createHash } from 'node:crypto';
import { count, formatNumber } from '@/lib/words';
import type { Plan } from '../state/plan-model';

/** What was approved of one customer: its plan, and how many label rows a run may delete at most. */
export type CustomerBound = {
  customerId: string;
  /** 0 is the canary. */
  wave: number;
  fromDay: string;
  toDay: string;
  strategy: string;
  labelsTable: string;
  labelKey: string;
  jobTemplate: string;
  planHash: string;
  rowsToDelete: number;
  rowsMost: number;
};

/** What is approved of a campaign: what was asked for, and each customer with its bound. */
export type BoundedPlan = { campaignId: string; request: unknown; customers: CustomerBound[] };

/** Keys in one order: what Postgres returns of a `jsonb` has another one than what was stored. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sortedKeys(each)]),
  );
}

/** sha256 over the campaign, its request, and each customer's plan and bound. */
export function boundedHash({ campaignId, request, customers }: BoundedPlan): string {
  const byId = [...customers].sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  const parts = ['campaign 1', campaignId, sortedKeys(request), sortedKeys(byId)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Sentences that say how a plan leaves its customer's bound; empty where it keeps to it. */
export function outOfBounds(bound: Omit<CustomerBound, 'wave'>, plan: Plan): string[] {
  const found: string[] = [];
  if (plan.customerId !== bound.customerId || plan.fromDay !== bound.fromDay || plan.toDay !== bound.toDay)
    found.push(`The plan is of ${plan.customerId}, ${plan.fromDay} to ${plan.toDay}, which was not planned.`);
  if (plan.strategy !== bound.strategy) found.push(`The strategy is now ${plan.strategy}, not ${bound.strategy}.`);
  if (plan.labelsTable !== bound.labelsTable)
    found.push(`The labels are now in ${plan.labelsTable}, not in ${bound.labelsTable}.`);
  if (plan.labelKey !== bound.labelKey) found.push(`The label key is now ${plan.labelKey}, not ${bound.labelKey}.`);
  if (plan.jobTemplate !== bound.jobTemplate)
    found.push('The template of the relabel Job changed, or could not be read one of the two times.');
  if (plan.rowsToDelete > bound.rowsMost)
    found.push(
      `${count(plan.rowsToDelete, 'label row')} would be deleted now; ${formatNumber(bound.rowsToDelete)} were planned, and at most ${formatNumber(bound.rowsMost)} may be.`,
    );
  return found;
}
