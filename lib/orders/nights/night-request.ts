import type { z } from 'zod';
import { PlanCampaign } from '@/lib/campaigns/state/campaign-model';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { OrderTerms } from '../model';
import { daysOf } from './nights';

/**
 * What a night that begins at `atMs` asks for: no gap and nothing else, within the limits of the order, and nothing
 * confirmed, so that a customer that no gap does not repair completely is left out.
 */
export async function nightRequest(
  ctx: Pick<Context, 'db' | 'config'>,
  terms: OrderTerms,
  atMs: number,
): Promise<z.output<typeof PlanCampaign>> {
  const { filter, daysBack, failureBudget, rowsOfCustomer, rowsOfNight, window } = terms;
  const customers = await listCustomers(ctx);
  const named = filter.by === 'name' ? customers.filter(({ id }) => filter.customerIds.includes(id)) : customers;
  const timeZones = named.map(({ timeZone }) => timeZone);
  return PlanCampaign.parse({
    filter,
    ...daysOf(atMs, { daysBack, marginMs: ctx.config.detection.safetyMarginMs, timeZones }),
    strategy: 'no-gap',
    failureBudget,
    limits: { rowsOfCustomer, rowsInAll: rowsOfNight },
    window,
  });
}
