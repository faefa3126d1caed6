import { Mark } from '@/components/ui/badge';
import { duration } from '@/components/ui/format';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { agree, count, formatNumber } from '@/lib/words';
import { plannedOf } from '../words';

/** What a campaign will do, does, or did, in one sentence with its numbers. */
export function CampaignVerdict({ campaign }: { campaign: CampaignView }) {
  const { status, counts } = campaign;
  if (status === 'planning')
    return <span className="text-muted">Each customer is planned by itself. Nothing is changed.</span>;
  if (plannedOf(campaign) === 0)
    return <Mark tone={counts['left out'] === 0 ? 'verified' : 'unknown'}>{nothingOf(campaign)}</Mark>;
  if (status === 'planned') return <Planned campaign={campaign} />;
  if (campaign.startedAtMs === null)
    return (
      <span className="text-muted">
        {count(plannedOf(campaign), 'customer')} {agree(plannedOf(campaign), 'was', 'were')} planned, and none was
        begun.
      </span>
    );
  const wrong = counts['set aside'] + counts['needs attention'];
  const verified = `${formatNumber(counts.verified)} of ${count(plannedOf(campaign), 'customer')} verified`;
  const rest = [
    ...(counts['needs attention'] > 0
      ? [`${count(counts['needs attention'], 'run needs', 'runs need')} attention`]
      : []),
    ...(counts['set aside'] > 0 ? [`${formatNumber(counts['set aside'])} set aside`] : []),
    ...(counts['not begun'] > 0 ? [`${formatNumber(counts['not begun'])} not begun`] : []),
  ];
  if (status === 'ended' && campaign.outcome === 'all verified')
    return (
      <Mark tone="verified">
        <span className="text-text">
          All {count(counts.verified, 'customer')} verified by counting; {count(campaign.rowsDeleted, 'label row')}{' '}
          deleted.
        </span>
      </Mark>
    );
  return (
    <Mark
      tone={wrong > 0 ? 'attention' : status === 'ended' ? 'unknown' : status === 'paused' ? 'settling' : 'running'}
    >
      <span className="text-text">{[verified, ...rest].join(', ')}.</span>
    </Mark>
  );
}

function nothingOf({ counts }: CampaignView): string {
  const left = counts['left out'];
  return left === 0
    ? 'No customer has an affected conversation on these days.'
    : `No customer can be repaired: ${count(left, 'customer')} ${agree(left, 'is', 'are')} left out, with the reasons below.`;
}

function Planned({ campaign: { sums, counts, request, rowsMost } }: { campaign: CampaignView }) {
  const atOnce = Math.min(request.concurrency, sums.customers);
  const left = counts['left out'];
  return (
    <span>
      <strong className="font-semibold">{count(sums.conversations, 'conversation')}</strong> of{' '}
      <strong className="font-semibold">{count(sums.customers, 'customer')}</strong> will change, in{' '}
      {count(sums.units, 'unit')} over {count(sums.days, 'day')}: at most {count(rowsMost, 'label row')}{' '}
      {agree(rowsMost, 'is', 'are')} deleted, {formatNumber(sums.rowsToDelete)} as counted now. The Jobs and mutations
      take about {duration(sums.seconds * 1_000)}
      {atOnce > 1 && `, ${formatNumber(atOnce)} customers at a time`};{' '}
      {sums.gapSeconds > 0
        ? `the longest gap is about ${duration(sums.gapSeconds * 1_000)}`
        : 'no label is missing at any time'}
      .{left > 0 && ` ${count(left, 'customer')} ${agree(left, 'is', 'are')} left out.`}
    </span>
  );
}
