import { z } from 'zod';
import { campaignShows } from '../state/campaign-model';

const campaign = z.uuid('This is not a campaign’s id.');

/** A campaign, and which of its customers its page shows: a page from 0 of those that are planned or left out. */
export const CampaignAddress = z.object({
  campaign,
  page: z.coerce.number().int().min(0).max(10_000).optional(),
  show: z.enum(campaignShows).optional(),
});

/** The report of a campaign, as JSON or as Markdown. */
export const CampaignReportAddress = z.object({ campaign, format: z.enum(['json', 'markdown']).default('json') });
