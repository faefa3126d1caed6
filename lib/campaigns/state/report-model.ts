import type { CampaignCustomer, CampaignSummary } from './campaign-model';

/**
 * What a campaign came to. Rows and conversations are of units that were verified, also of runs that ended later badly.
 */
export type CampaignReport = {
  campaign: CampaignSummary;
  rowsDeleted: number;
  conversationsChanged: number;
  unitsVerified: number;
  /** Agent-days that differed from the truth before and do not after, of runs that are verified. */
  agentDaysMended: number;
  /** The longest that labels of a unit were missing, and the sum over all units, in ms. */
  gapMostMs: number;
  gapSumMs: number;
  verified: ReportCustomer[];
  /** Customers that are not verified, with why. */
  others: Pick<CampaignCustomer, 'customerId' | 'displayName' | 'status' | 'sentence' | 'runId'>[];
};

export type ReportCustomer = {
  customerId: string;
  displayName: string;
  runId: string;
  units: number;
  rowsDeleted: number;
  conversationsChanged: number;
  agentDaysMended: number;
  gapMs: number;
};
