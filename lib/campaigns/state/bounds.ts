import { count, formatNumber } from '@/lib/words';
import type { CampaignLimits } from './campaign-model';

type Asked = { growthPercent: number; limits?: CampaignLimits };
type Bound = { rowsMost: number; leftOut: null } | { rowsMost: null; leftOut: string };

/**
 * How many label rows may be deleted of each customer without a new approval: what was planned and a growth, within the
 * limits. The bounds together never pass the limit in all. Who does not fit is left out, with the sentence; customers
 * with few rows come first, so that as many as possible fit.
 */
export function boundsOf(
  planned: readonly { customerId: string; rowsToDelete: number }[],
  { growthPercent, limits }: Asked,
): Map<string, Bound> {
  const grown = (rows: number) => Math.ceil((rows * (100 + growthPercent)) / 100);
  let left = limits?.rowsInAll ?? Number.POSITIVE_INFINITY;
  const smallestFirst = planned.toSorted(
    (a, b) => a.rowsToDelete - b.rowsToDelete || (a.customerId < b.customerId ? -1 : 1),
  );
  return new Map(
    smallestFirst.map(({ customerId, rowsToDelete }): [string, Bound] => {
      const leftOut = limits ? whyLeftOut(rowsToDelete, limits, left) : null;
      if (leftOut !== null) return [customerId, { rowsMost: null, leftOut }];
      const rowsMost = Math.min(grown(rowsToDelete), limits?.rowsOfCustomer ?? Number.POSITIVE_INFINITY, left);
      left -= rowsMost;
      return [customerId, { rowsMost, leftOut: null }];
    }),
  );
}

function whyLeftOut(rows: number, limits: CampaignLimits, left: number): string | null {
  if (rows > limits.rowsOfCustomer)
    return `${count(rows, 'label row')} would be deleted; the limit of a customer is ${formatNumber(limits.rowsOfCustomer)}.`;
  if (rows > left)
    return `${count(rows, 'label row')} would be deleted; ${formatNumber(left)} of the limit of ${formatNumber(limits.rowsInAll)} in all are left.`;
  return null;
}
