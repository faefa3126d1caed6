import { z } from 'zod';
import { approvalUsedBy, listedOfPlan } from '@/lib/approvals/list-approvals';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { selectCampaign, selectCampaignEvents, selectCustomersPage } from '../sql/view';
import type { CampaignShow, CampaignView } from '../state/campaign-model';
import { controlsOf, nextSentence } from './next-sentence';
import { readCampaignProgress } from './read-progress';

/** Customers of one page. */
const customersOfPage = 50;

/**
 * A campaign as its page shows it, with one page (from 0) of its planned customers, active ones first, or of those that
 * are left out. Throws AppError('not_found').
 */
export async function getCampaign(
  { db }: Pick<Context, 'db'>,
  campaignId: string,
  { page = 0, show = 'planned' }: { page?: number; show?: CampaignShow } = {},
): Promise<CampaignView> {
  const id = z.uuid().safeParse(campaignId);
  const [found] = id.success ? await db.query(selectCampaign, { campaignId: id.data }) : [];
  if (!found) throw new AppError('not_found', 'There is no such campaign.');
  const { summary, planned, ...rest } = found;
  const leftOut = summary.counts['left out'];
  const shown = show === 'left out' ? leftOut : planned.of - leftOut;
  const pages = Math.max(1, Math.ceil(shown / customersOfPage));
  const at = Math.min(pages - 1, Math.max(0, page));
  const [customers, events, approval, progresses] = await Promise.all([
    db.query(selectCustomersPage, {
      campaignId: summary.id,
      show,
      rowsMax: customersOfPage,
      skip: at * customersOfPage,
    }),
    db.query(selectCampaignEvents, { campaignId: summary.id }),
    approvalOf(db, summary.orderId, rest),
    readCampaignProgress({ db }, [summary.id]),
  ]);
  const progress = progresses.get(summary.id);
  return {
    ...summary,
    ...rest,
    progress: progress?.campaign ?? null,
    planned: summary.status === 'planning' ? planned : null,
    approval,
    customers: customers.map((one) => ({ ...one, progress: progress?.customers.get(one.customerId) ?? null })),
    page: { at, of: pages },
    events,
    next: nextSentence({ ...summary, ...rest, planned, approval }),
    controls: controlsOf(summary.status, rest.pause),
  };
}

/** The approval of its standing order, else the newest request for its plan; null where it needs none. */
async function approvalOf(
  db: Context['db'],
  orderId: string | null,
  { needsApproval, planHash }: { needsApproval: boolean; planHash: string | null },
) {
  if (orderId !== null) return approvalUsedBy({ db }, orderId);
  return needsApproval && planHash ? listedOfPlan({ db }, { kind: 'campaign', planHash }) : null;
}
