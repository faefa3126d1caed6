'use client';

import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { reads, routes } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { Badge, Mark } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import { rangeName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { ProgressLeft } from '@/components/ui/progress-left';
import { Empty } from '@/components/ui/states';
import { Ago, Elapsed } from '@/components/ui/time';
import type { CampaignSummary } from '@/lib/campaigns/state/campaign-model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { campaignState, filterName, plannedOf } from './words';

/** Campaigns that are not over first, then the newest. */
const rank = (one: CampaignSummary) => (one.status === 'ended' ? 0 : 1) * 1e15 + one.createdAtMs;

const columns: Column<CampaignSummary>[] = [
  {
    id: 'status',
    header: 'Status',
    sort: rank,
    cell: (one) => {
      const { word, tone } = campaignState(one);
      return <Badge tone={tone}>{word}</Badge>;
    },
  },
  {
    id: 'who',
    header: 'Customers and days',
    sort: (one) => filterName(one.request.filter),
    cell: (one) => (
      <Link href={routes.campaign(one.id)} data-row-link className="font-medium hover:underline">
        <span className="inline-block first-letter:uppercase">{filterName(one.request.filter)}</span>{' '}
        <span className="block whitespace-nowrap font-normal text-muted text-xs">
          {rangeName(one.request.fromDay, one.request.toDay)}
        </span>
      </Link>
    ),
  },
  {
    id: 'verified',
    header: 'Customers verified',
    numeric: true,
    from: 'sm',
    sort: (one) => one.counts.verified,
    cell: (one) => (
      <span className="whitespace-nowrap">
        {formatNumber(one.counts.verified)} of {formatNumber(plannedOf(one))}
        <Others counts={one.counts} />
      </span>
    ),
  },
  {
    id: 'rows',
    header: 'Label rows',
    numeric: true,
    from: 'md',
    sort: (one) => one.rowsToDelete,
    cell: (one) => formatNumber(one.rowsToDelete),
  },
  {
    id: 'progress',
    header: 'Progress',
    from: 'md',
    className: 'min-w-40',
    cell: (one) =>
      one.progress && one.status !== 'ended' ? (
        <ProgressLeft label={`Progress of ${filterName(one.request.filter)}`} progress={one.progress} />
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  {
    id: 'by',
    header: 'By',
    from: 'md',
    sort: (one) => one.startedBy ?? one.createdBy,
    cell: (one) => (
      <>
        {one.startedBy ?? one.createdBy}
        {one.reason && (
          <span className="block max-w-40 truncate text-muted text-xs" title={one.reason}>
            <DataText>{one.reason}</DataText>
          </span>
        )}
      </>
    ),
  },
  {
    id: 'when',
    header: 'Planned',
    from: 'sm',
    className: 'text-muted',
    sort: (one) => one.createdAtMs,
    cell: (one) => <Ago ms={one.createdAtMs} />,
  },
  {
    id: 'took',
    header: 'Took',
    numeric: true,
    from: 'lg',
    cell: (one) => (one.startedAtMs === null ? '–' : <Elapsed fromMs={one.startedAtMs} toMs={one.endedAtMs} />),
  },
];

function Others({ counts }: Pick<CampaignSummary, 'counts'>) {
  const wrong = counts['set aside'] + counts['needs attention'];
  return wrong > 0 && <span className="block text-attention text-xs">{formatNumber(wrong)} not repaired</span>;
}

/** All campaigns; those that are not over come first. */
export function CampaignsScreen({ initial }: { initial: Result<CampaignSummary[]> }) {
  const live = useLive<CampaignSummary[]>({ url: reads.campaigns(), initial, everyMs: 2_000 });
  return (
    <>
      <RepairTabs />
      <LiveScreen
        live={live}
        what="The campaigns could not be read"
        stillWorks="Campaigns that are under way continue."
      >
        {(campaigns) => (
          <>
            <Heading
              title="Campaigns"
              verdict={<Verdict campaigns={campaigns} />}
              meta={<Freshness live={live} />}
              actions={campaigns.length > 0 && <NewCampaign />}
            />
            <LastKnown lost={live.lost}>
              {campaigns.length === 0 ? (
                <Empty title="No campaign has been planned yet">
                  <p>
                    A campaign repairs many customers by one plan: first one customer as a trial, the canary, then the
                    others in waves. It can be paused and stopped at any time, and ends with a report.
                  </p>
                  <p className="mt-3">
                    <NewCampaign />
                  </p>
                </Empty>
              ) : (
                <DataTable
                  caption="Campaigns"
                  columns={columns}
                  rows={campaigns}
                  rowKey={(one) => one.id}
                  defaultSort="-status"
                />
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
    </>
  );
}

function NewCampaign() {
  const refusal = useRefusal('backfill.plan');
  if (refusal !== null) return <span className="text-muted text-sm">{refusal}</span>;
  return (
    <ButtonLink look="primary" href={routes.newCampaign()}>
      <Plus aria-hidden className="size-3.5" />
      New campaign
    </ButtonLink>
  );
}

function Verdict({ campaigns }: { campaigns: CampaignSummary[] }) {
  const of = (...statuses: CampaignSummary['status'][]) =>
    campaigns.filter(({ status }) => statuses.includes(status)).length;
  const stuck = campaigns.filter(({ status, counts }) => status !== 'ended' && counts['needs attention'] > 0).length;
  if (stuck > 0)
    return <Mark tone="attention">{count(stuck, 'campaign has', 'campaigns have')} a run that needs attention.</Mark>;
  if (of('paused') > 0)
    return <Mark tone="settling">{count(of('paused'), 'campaign is', 'campaigns are')} paused.</Mark>;
  const active = of('running', 'stopping');
  if (active > 0) return <Mark tone="running">{count(active, 'campaign is', 'campaigns are')} under way.</Mark>;
  return <span className="text-muted">No campaign is under way.</span>;
}
