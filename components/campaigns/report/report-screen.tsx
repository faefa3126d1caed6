'use client';

import { Printer } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Badge, Mark } from '@/components/ui/badge';
import { Button, ButtonAnchor, ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy';
import { duration, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Scroller } from '@/components/ui/scroller';
import { TableHead } from '@/components/ui/table-head';
import { Elapsed, Instant } from '@/components/ui/time';
import { reportMarkdown } from '@/lib/campaigns/state/report-markdown-model';
import type { CampaignReport } from '@/lib/campaigns/state/report-model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { campaignState, customerTones, filterName } from '../words';

/** What a campaign came to, on one page that can be printed. */
export function ReportScreen({ campaignId, initial }: { campaignId: string; initial: Result<CampaignReport> }) {
  const live = useLive<CampaignReport>({
    url: reads.campaignReport(campaignId),
    initial,
    everyMs: (report) => report?.campaign.status !== 'ended' && 5_000,
  });
  return (
    <LiveScreen
      live={live}
      what="The report could not be read"
      notFound="No such campaign"
      wayOut={
        <Link href={routes.campaigns()} className="underline">
          All campaigns
        </Link>
      }
    >
      {(report) => <Report report={report} />}
    </LiveScreen>
  );
}

function Report({ report }: { report: CampaignReport }) {
  const { campaign, verified, others } = report;
  const { request, startedAtMs, endedAtMs, startedBy, reason } = campaign;
  const { word, tone } = campaignState(campaign);
  const leftOut = others.filter(({ status }) => status === 'left out').length;
  return (
    <>
      <Heading
        title={
          <>
            <span>
              Report, {filterName(request.filter)}, {rangeName(request.fromDay, request.toDay)}
            </span>
            <Badge tone={tone}>{word}</Badge>
          </>
        }
        verdict={
          <Mark tone={tone}>
            <span className="text-text">
              {count(verified.length, 'customer')} verified by counting:{' '}
              {count(report.conversationsChanged, 'conversation')} changed and{' '}
              {count(report.agentDaysMended, 'agent-day')} mended.
              {campaign.status !== 'ended' && ' The campaign is not over.'}
            </span>
          </Mark>
        }
        meta={
          <>
            {startedAtMs !== null && (
              <>
                <span>
                  started <Instant ms={startedAtMs} /> by {startedBy}
                </span>
                <span>
                  took <Elapsed fromMs={startedAtMs} toMs={endedAtMs} />
                </span>
              </>
            )}
            {reason && <span className="break-words">{reason}</span>}
          </>
        }
        actions={
          <span className="flex flex-wrap gap-2 print:hidden">
            <ButtonLink href={routes.campaign(campaign.id)}>The campaign</ButtonLink>
            <CopyButton text={() => `${reportMarkdown(report)}\n\n${window.location.href}`}>
              Copy for the ticket
            </CopyButton>
            <ButtonAnchor href={reads.campaignReport(campaign.id, { format: 'markdown' })} download>
              Markdown
            </ButtonAnchor>
            <Button onClick={() => window.print()}>
              <Printer aria-hidden className="size-3.5" />
              Print
            </Button>
          </span>
        }
      />
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4 lg:grid-cols-7">
        <Figure name="Customers verified" value={formatNumber(verified.length)} />
        <Figure name="Set aside or not begun" value={formatNumber(others.length - leftOut)} />
        <Figure name="Left out" value={formatNumber(leftOut)} />
        <Figure name="Units verified" value={formatNumber(report.unitsVerified)} />
        <Figure name="Label rows deleted" value={formatNumber(report.rowsDeleted)} />
        <Figure name="Longest gap" value={report.gapMostMs === 0 ? 'none' : duration(report.gapMostMs)} />
        <Figure name="All gaps together" value={report.gapSumMs === 0 ? 'none' : duration(report.gapSumMs)} />
      </dl>
      {others.length > 0 && <Others others={others} />}
      {verified.length > 0 && <Verified verified={verified} />}
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex flex-col-reverse rounded-lg border border-line bg-surface px-3 py-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-semibold text-lg">{value}</dd>
    </div>
  );
}

function Others({ others }: Pick<CampaignReport, 'others'>) {
  return (
    <Section title="Not verified, and why">
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <TableHead first="Customer" columns={[{ words: 'State' }, { words: 'Why' }, { words: 'Run' }]} />
          <tbody>
            {others.map(({ customerId, displayName, status, sentence, runId }) => (
              <tr key={customerId} className="border-line border-b align-top last:border-b-0">
                <Customer customerId={customerId} displayName={displayName} />
                <td className="whitespace-nowrap px-3 py-2">
                  <Mark tone={customerTones[status]}>{status}</Mark>
                </td>
                <td className="min-w-56 px-3 py-2 [overflow-wrap:anywhere]">{sentence ?? '–'}</td>
                <td className="whitespace-nowrap px-3 py-2">{runId ? <RunLink runId={runId} /> : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}

function Verified({ verified }: Pick<CampaignReport, 'verified'>) {
  return (
    <Section title="Verified by counting">
      <Scroller>
        <table className="w-full border-collapse text-sm">
          <TableHead
            first="Customer"
            columns={[
              'Units',
              'Label rows deleted',
              'Conversations changed',
              'Agent-days mended',
              'Longest gap',
              { words: 'Run' },
            ]}
          />
          <tbody>
            {verified.map((one) => (
              <tr key={one.customerId} className="border-line border-b last:border-b-0">
                <Customer customerId={one.customerId} displayName={one.displayName} />
                <td className="px-3 py-2 text-right">{formatNumber(one.units)}</td>
                <td className="px-3 py-2 text-right">{formatNumber(one.rowsDeleted)}</td>
                <td className="px-3 py-2 text-right">{formatNumber(one.conversationsChanged)}</td>
                <td className="px-3 py-2 text-right">{formatNumber(one.agentDaysMended)}</td>
                <td className="whitespace-nowrap px-3 py-2 text-right">
                  {one.gapMs === 0 ? 'none' : duration(one.gapMs)}
                </td>
                <td className="whitespace-nowrap px-3 py-2">
                  <RunLink runId={one.runId} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </Section>
  );
}

function Customer({ customerId, displayName }: { customerId: string; displayName: string }) {
  return (
    <th scope="row" className="min-w-40 px-3 py-2 text-left font-medium">
      <Link href={routes.customer(customerId)} prefetch={false} data-row-link className="hover:underline">
        {displayName}
      </Link>
      <span className="block font-normal text-muted text-xs">{customerId}</span>
    </th>
  );
}

const RunLink = ({ runId }: { runId: string }) => (
  <Link href={routes.run(runId)} prefetch={false} className="underline">
    run {runId.slice(0, 8)}
  </Link>
);
