import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { AppError } from '@/lib/errors';
import { labelDigestsByUnit } from '@/lib/label-store/label-digest';
import type { Digest } from '@/lib/label-store/model';
import { daysMax } from '../state/command-model';
import { type Plan, workedUnits } from '../state/plan-model';
import { planDifferences } from './plan-hash';
import { selectPlan } from './sql/plans';
import { spanScope, spansOf } from './units/spans';

/**
 * The plan as the person saw it, for a request that another person decides on. It reads the label rows once instead of
 * making a new preview, so that the requester does not wait for a classification; the start makes the whole plan again.
 * Throws AppError('refused') for a plan that is not kept, and with what changed where the label rows are others.
 */
export async function keptPlan(ctx: Context, hash: string): Promise<Plan> {
  const [plan] = await ctx.db.query(selectPlan, { hash });
  if (!plan)
    throw new AppError('refused', 'This plan is not known here, or older than a day. Look at a new preview first.');
  const customer = await getCustomer(ctx, plan.customerId);
  const scope = scopeOf(customer, plan.fromDay, plan.toDay, daysMax);
  const tables = await readTables(ctx, customer);
  const digests = new Map<string, Digest>();
  const spans = spansOf(workedUnits(plan), scope);
  for (const span of spans) {
    const found = await labelDigestsByUnit(ctx, { scope: spanScope(scope, span), tables, units: span });
    for (const [unit, digest] of found) digests.set(unit, digest);
  }
  const days = plan.units.map((day) => {
    const now = digests.get(day.unit);
    return now ? { ...day, labelRows: now.rows, labelHash: now.hash } : day;
  });
  refuseDifferences(planDifferences(plan, { ...plan, units: days }));
  return plan;
}

/** Throws AppError('refused') that names the first of them, unless there are none. */
export function refuseDifferences(differences: string[]): void {
  if (differences.length === 0) return;
  const named = differences.slice(0, 5).join(' ');
  const more = differences.length > 5 ? ` And ${differences.length - 5} more units.` : '';
  throw new AppError(
    'refused',
    `The plan changed since you looked at it. ${named}${more} Look at a new preview first.`,
  );
}
