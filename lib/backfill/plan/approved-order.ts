import { createHash } from 'node:crypto';
import { count, formatNumber } from '@/lib/words';
import type { Plan } from '../state/plan-model';
import { strategies } from '../state/strategies';
import { sortedKeys } from './bounded-plan';

/** What the approval of a standing order holds; `lib/orders/model.ts` has all of it. */
export type ApprovedOrder = {
  terms: {
    filter: { by: string; customerIds?: readonly string[] };
    rowsOfCustomer: number;
    rowsOfNight: number;
  };
};

/** sha256 over what an approval of a standing order is for: its terms, its preview, and what it replaces. */
export const approvedOrderHash = (plan: object): string =>
  createHash('sha256')
    .update(JSON.stringify(['standing order 1', sortedKeys(plan)]))
    .digest('hex');

/**
 * Sentences that say how a run leaves the order of its night; empty where it keeps to it. `rowsOfNight` are the label
 * rows that all runs of the night delete.
 */
export function outOfOrder({ terms }: ApprovedOrder, plan: Plan, rowsOfNight: number): string[] {
  const { filter, ...limits } = terms;
  const found: string[] = [];
  if (filter.by === 'name' && !filter.customerIds?.includes(plan.customerId))
    found.push(`${plan.customerId} is not one of its customers.`);
  if (strategies[plan.strategy].deletes === 'every row')
    found.push(`"${plan.strategy}" deletes every row, and the order allows no gap.`);
  if (plan.rowsToDelete > limits.rowsOfCustomer)
    found.push(
      `${count(plan.rowsToDelete, 'label row')} would be deleted; the limit of a customer is ${formatNumber(limits.rowsOfCustomer)}.`,
    );
  if (rowsOfNight > limits.rowsOfNight)
    found.push(
      `${count(rowsOfNight, 'label row')} would be deleted in this night; the limit is ${formatNumber(limits.rowsOfNight)}.`,
    );
  return found;
}
