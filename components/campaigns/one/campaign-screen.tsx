'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { ReasonText } from '@/components/tickets/reason-text';
import { useQueryState } from '@/components/ui/address';
import { parseAsInteger } from '@/components/ui/address-parsers';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { EventList } from '@/components/ui/event-list';
import { rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { PageSkeleton } from '@/components/ui/states';
import { TabTitle } from '@/components/ui/tab-title';
import { Ago, Elapsed, Instant } from '@/components/ui/time';
import type { CampaignStatus, CampaignView } from '@/lib/campaigns/state/campaign-model';
import type { Result } from '@/lib/edge/model';
import { campaignState, filterName } from '../words';
import { CampaignNow } from './campaign-now';
import { CampaignVerdict } from './campaign-verdict';
import { HowPlanned } from './how-planned';
import { PlanAgain } from './plan-again';

// What reads for itself, or is below the first look, loads after the page.
const CampaignCustomers = dynamic(() => import('./customers').then((module) => module.CampaignCustomers));
const CampaignControls = dynamic(() => import('./campaign-controls').then((module) => module.CampaignControls));
const LeftOut = dynamic(() => import('./left-out').then((module) => module.LeftOut));
const StartCampaign = dynamic(() => import('./start-campaign').then((module) => module.StartCampaign));

/** How often a campaign is read. */
const pollMs: Record<CampaignStatus, number> = {
  planning: 700,
  planned: 3_000,
  running: 1_000,
  paused: 2_000,
  stopping: 1_000,
  ended: 15_000,
};

/** A campaign: its plan before the start, what it does now, and how it came out. */
export function CampaignScreen({ campaignId, initial }: { campaignId: string; initial: Result<CampaignView> }) {
  const [page, setPage] = useQueryState('page', parseAsInteger);
  const live = useLive<CampaignView>({
    url: reads.campaign(campaignId, { page }),
    initial,
    everyMs: (campaign) => pollMs[campaign?.status ?? 'running'],
    staleMs: 500,
  });
  return (
    <>
      <RepairTabs />
      <LiveScreen
        live={live}
        what="The campaign could not be read"
        notFound="No such campaign"
        stillWorks="A campaign goes on whether or not this page can be read."
        skeleton={<PageSkeleton rows={6} />}
        wayOut={
          <Link href={routes.campaigns()} className="underline">
            All campaigns
          </Link>
        }
      >
        {(campaign) => (
          <>
            <TabTitle text={`${campaign.status}: campaign`} />
            <Campaign campaign={campaign} live={live} onTurn={setPage} />
          </>
        )}
      </LiveScreen>
    </>
  );
}

function Campaign({
  campaign,
  live,
  onTurn,
}: {
  campaign: CampaignView;
  live: Live<CampaignView>;
  onTurn: (page: number) => void;
}) {
  const { status, request } = campaign;
  const { word, tone } = campaignState(campaign);
  return (
    <>
      <Heading
        title={
          <>
            <span>
              Campaign, {filterName(request.filter)}, {rangeName(request.fromDay, request.toDay)}
            </span>
            <Badge tone={tone}>{word}</Badge>
          </>
        }
        verdict={<CampaignVerdict campaign={campaign} />}
        meta={<Meta campaign={campaign} live={live} />}
        actions={
          <>
            {status === 'ended' && campaign.startedAtMs !== null && (
              <ButtonLink look="primary" href={routes.campaignReport(campaign.id)}>
                Report
              </ButtonLink>
            )}
            {status === 'ended' && campaign.outcome !== 'all verified' && (
              <PlanAgain campaign={campaign}>
                {campaign.startedAtMs === null ? 'Plan again' : 'Plan the rest'}
              </PlanAgain>
            )}
            {status === 'planned' && <PlanAgain campaign={campaign}>Plan again</PlanAgain>}
            <CampaignControls campaign={campaign} onDone={live.refresh} />
          </>
        }
      />
      <LastKnown lost={live.lost} className="flex flex-col gap-5">
        <CampaignNow campaign={campaign} />
        <div className="grid min-w-0 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <div className="flex min-w-0 flex-col gap-3">
            <CampaignCustomers campaign={campaign} onTurn={onTurn} />
            <LeftOut campaign={campaign} />
          </div>
          <div className="flex min-w-0 flex-col gap-5">
            {status === 'planned' && <StartCampaign campaign={campaign} onDone={live.refresh} />}
            <HowPlanned campaign={campaign} />
            {campaign.events.length > 0 && (
              <Section title="What happened">
                <EventList events={campaign.events} />
              </Section>
            )}
          </div>
        </div>
      </LastKnown>
    </>
  );
}

function Meta({ campaign, live }: { campaign: CampaignView; live: Live<CampaignView> }) {
  const { createdBy, createdAtMs, startedBy, startedAtMs, endedAtMs, approval, reason, orderId } = campaign;
  return (
    <>
      {startedAtMs === null ? (
        <span>
          planned by {createdBy} <Ago ms={createdAtMs} />
        </span>
      ) : (
        <>
          <span>
            started <Instant ms={startedAtMs} /> by {startedBy}
          </span>
          <span>
            {endedAtMs !== null && 'took '}
            <Elapsed fromMs={startedAtMs} toMs={endedAtMs} />
            {endedAtMs === null && ' so far'}
          </span>
        </>
      )}
      {orderId && (
        <Link href={routes.order(orderId)} className="underline">
          a night of a standing order
        </Link>
      )}
      {approval?.decidedBy && (
        <Link href={routes.approvals({ open: approval.id })} className="hover:underline">
          {approval.state === 'refused' ? 'refused' : 'approved'} by {approval.decidedBy}
        </Link>
      )}
      {reason && (
        <span className="max-w-md truncate">
          <ReasonText>{reason}</ReasonText>
        </span>
      )}
      <Freshness live={live} />
    </>
  );
}
