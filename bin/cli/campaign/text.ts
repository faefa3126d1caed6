import type { CampaignFilter, CampaignSummary, CampaignView } from '@/lib/campaigns/state/campaign-model';
import { count, formatNumber } from '@/lib/words';
import { table } from '../output';

const wordOf = ({ status, outcome }: Pick<CampaignSummary, 'status' | 'outcome'>) =>
  outcome === null ? status : `${status}, ${outcome}`;

const filterText = (filter: CampaignFilter): string => {
  if (filter.by === 'all affected') return filter.by;
  return filter.by === 'name' ? filter.customerIds.join(' ') : `flag ${filter.flags.join(' ')}`;
};

export const drawList = (campaigns: CampaignSummary[]): string =>
  table(
    ['Campaign', 'Customers', 'From', 'To (exclusive)', 'Status', 'Verified', 'Not repaired', 'Rows', 'By'],
    campaigns.map((one) => [
      one.id,
      filterText(one.request.filter).slice(0, 60),
      one.request.fromDay,
      one.request.toDay,
      wordOf(one),
      one.counts.verified,
      one.counts['set aside'] + one.counts['needs attention'],
      one.rowsToDelete,
      one.startedBy ?? one.createdBy,
    ]),
  );

/** A campaign as text for people. */
export function drawCampaign(view: CampaignView): string {
  const { request, sums, counts, page } = view;
  const customers = table(
    ['Customer', 'Status', 'Wave', 'Strategy', 'Units', 'Rows', 'At most', 'Conversations', 'Seconds', 'Run', 'Why'],
    view.customers.map(({ customerId, status, wave, plan, runId, sentence }) => [
      customerId,
      status,
      wave === 0 ? 'canary' : wave,
      plan?.strategy ?? null,
      plan?.units ?? null,
      plan?.rowsToDelete ?? null,
      plan?.rowsMost ?? null,
      plan?.conversations ?? null,
      plan ? Math.ceil(plan.seconds) : null,
      runId,
      sentence,
    ]),
  );
  return [
    `Campaign ${view.id}, ${filterText(request.filter)}, ${request.fromDay} up to ${request.toDay} (exclusive): ${wordOf(view)}`,
    `${count(sums.customers, 'customer')}, ${count(sums.units, 'unit')}, ${count(sums.conversations, 'conversation')}; deletes ${count(sums.rowsToDelete, 'label row')}, at most ${formatNumber(view.rowsMost)}; about ${formatNumber(sums.seconds)} s.`,
    '',
    customers,
    ...(page.of > 1 ? [`Page ${page.at + 1} of ${page.of}; another one with --page.`] : []),
    ...(counts['left out'] > 0 ? [`${count(counts['left out'], 'customer')} left out; --left-out shows why.`] : []),
    '',
    ...(view.pause ? [`Paused by ${view.pause.by}: ${view.pause.reason}`] : []),
    view.next,
    ...view.controls.map(({ control, effect }) => `campaign ${control} ${view.id}: ${effect}`),
    ...(view.planHash ? [`Plan ${view.planHash}`] : []),
  ].join('\n');
}
