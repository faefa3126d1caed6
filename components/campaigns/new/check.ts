import '@/components/ui/jitless';
import { PlanCampaign } from '@/lib/campaigns/state/campaign-model';

/** What is wrong with a request, by its fields. The form loads it once it is shown, since it is large. */
export const faultsOf = (asked: PlanCampaign): { path: PropertyKey[]; message: string }[] =>
  PlanCampaign.safeParse(asked).error?.issues ?? [];
