import type { z } from 'zod';
import { daysMax } from '@/lib/backfill/state/command-model';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import { whyStopped } from '@/lib/customers/require-active';
import { listAffected } from '@/lib/detection/view/list-affected';
import { AppError } from '@/lib/errors';
import { listed } from '@/lib/words';
import type { PlanCampaign } from '../state/campaign-model';

/** A customer of a campaign; one with a sentence is left out without a plan. */
export type Found = { customerId: string; sentence: string | null };

/**
 * Who the filter finds. A customer that no scan looked at in the range is named, since nobody knows whether it is
 * affected.
 */
export async function customersOf(
  ctx: Context,
  { filter, fromDay, toDay }: Pick<z.output<typeof PlanCampaign>, 'filter' | 'fromDay' | 'toDay'>,
): Promise<Found[]> {
  const counted = await listAffected(ctx, { fromDay, toDay, daysMax });
  if (filter.by === 'name') {
    const known = new Map((await listCustomers(ctx)).map((customer) => [customer.id, customer]));
    const unknown = filter.customerIds.filter((id) => !known.has(id));
    if (unknown.length > 0)
      throw new AppError('not_found', `There is no customer "${listed(unknown)}" in the registry.`);
    return [...new Set(filter.customerIds)].sort().map((customerId) => {
      const customer = known.get(customerId);
      return { customerId, sentence: customer ? whyStopped(customerId, customer) : null };
    });
  }
  return counted.flatMap(({ customerId, days, affected, flags }): Found[] => {
    if (days === 0)
      return [
        { customerId, sentence: 'No scan has looked at it in this range. Scan it, then plan again, or name it.' },
      ];
    const wanted = filter.by === 'all affected' ? affected > 0 : filter.flags.some((flag) => flags.includes(flag));
    return wanted ? [{ customerId, sentence: null }] : [];
  });
}
