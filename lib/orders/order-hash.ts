import { createHash } from 'node:crypto';
import { OrderPlan } from './model';

/** Keys in one order: what Postgres returns of a `jsonb` has another one than what was stored. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}

/** sha256 over what an approval of an order is for: its terms, what it would have done last night, and what it replaces. */
export const orderHash = (plan: OrderPlan): string =>
  createHash('sha256')
    .update(JSON.stringify(['standing order 1', ordered(OrderPlan.parse(plan))]))
    .digest('hex');
