'use server';

import { action } from '@/lib/edge/action';
import { controlCampaign as control } from './control/control-campaign';
import { requestCampaignApproval as ask, startCampaign as start } from './control/start-campaign';
import { planCampaign as plan } from './plan/plan-campaign';
import { ControlCampaign, PlanCampaign, StartCampaign } from './state/campaign-model';

export const planCampaign = action({
  name: 'campaign.plan',
  permission: 'backfill.plan',
  input: PlanCampaign,
  verb: plan,
});

export const startCampaign = action({
  name: 'campaign.start',
  permission: 'backfill.run',
  input: StartCampaign,
  verb: start,
});

export const requestCampaignApproval = action({
  name: 'campaign.askApproval',
  permission: 'backfill.run',
  input: StartCampaign,
  verb: ask,
});

export const controlCampaign = action({
  name: 'campaign.control',
  permission: 'backfill.control',
  input: ControlCampaign,
  stops: true,
  verb: control,
});
