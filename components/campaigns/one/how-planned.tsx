import { unitTitles } from '@/components/backfill/plan/unit-choice';
import { Section } from '@/components/ui/heading';
import { strategyTitles } from '@/lib/backfill/state/name-model';
import type { CampaignView } from '@/lib/campaigns/state/campaign-model';
import { count, formatNumber } from '@/lib/words';

/** What was asked for, in words. */
export function HowPlanned({ campaign: { request, canary } }: { campaign: CampaignView }) {
  const { strategy, units, waves, concurrency, failureBudget, growthPercent, window } = request;
  return (
    <Section title="How it runs">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">Strategy</dt>
        <dd>{strategy ? strategyTitles[strategy] : 'as each plan recommends'}</dd>
        <dt className="text-muted">Units</dt>
        <dd>{unitTitles[units].title}</dd>
        <dt className="text-muted">Canary</dt>
        <dd className="break-words">{canary ?? request.canary ?? 'the customer with the fewest label rows'}</dd>
        <dt className="text-muted">Waves</dt>
        <dd>
          {waves.map(formatNumber).join(', ')} customers; {formatNumber(concurrency)} at a time
        </dd>
        <dt className="text-muted">Stops</dt>
        <dd>
          {failureBudget === 0
            ? 'when one customer is not repaired'
            : `when more than ${count(failureBudget, 'customer')} are not repaired`}
        </dd>
        <dt className="text-muted">Growth</dt>
        <dd>at most {formatNumber(growthPercent)} % more rows of a customer than planned</dd>
        <dt className="text-muted">Hours</dt>
        <dd>{window ? `${window.from} to ${window.to}, ${window.timeZone}` : 'any'}</dd>
      </dl>
    </Section>
  );
}
