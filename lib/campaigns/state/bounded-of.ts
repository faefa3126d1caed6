import type { z } from 'zod';
import type { BoundedPlan } from '@/lib/backfill/plan/bounded-plan';
import type { CustomerPlan, PlanCampaign } from './campaign-model';

/** What is approved and hashed of a campaign whose customers are planned. */
export function boundedOf(campaign: {
  id: string;
  request: z.output<typeof PlanCampaign>;
  customers: readonly { customerId: string; wave: number; plan: CustomerPlan }[];
}): BoundedPlan {
  const { id, request } = campaign;
  const { fromDay, toDay } = request;
  return {
    campaignId: id,
    request,
    customers: campaign.customers.map(({ customerId, wave, plan }) => ({
      customerId,
      wave,
      fromDay,
      toDay,
      ...boundOf(plan),
    })),
  };
}

/** What a fresh plan of a customer must still be. */
export const boundOf = ({
  strategy,
  labelsTable,
  labelKey,
  jobTemplate,
  planHash,
  rowsToDelete,
  rowsMost,
}: CustomerPlan) => ({ strategy, labelsTable, labelKey, jobTemplate, planHash, rowsToDelete, rowsMost });
