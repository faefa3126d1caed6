'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { BackfillButton, BackfillPanel, useBackfill } from '@/components/backfill/plan/backfill-button';
import { reads, routes } from '@/components/routes';
import { type QueryStates, useQueryStates } from '@/components/ui/address';
import { parseAsInteger, parseAsString } from '@/components/ui/address-parsers';
import { Button, ButtonLink } from '@/components/ui/button';
import { FileLinks } from '@/components/ui/file-links';
import { dayName, isDay } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty, PageSkeleton } from '@/components/ui/states';
import { TabTitle, tabDays } from '@/components/ui/tab-title';
import { Instant, TimesIn } from '@/components/ui/time';
import { shiftDay } from '@/lib/day-text';
import type { DayView } from '@/lib/detection/view/day-view-model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { ConversationTable } from './conversation-table';
import { DayFilters } from './day-filters';
import { QuickCheckButton } from './quick-check-button';
import { ScanButton } from './scan-button';
import { Verdict } from './verdict';

// What reads for itself, or is below the first look, loads after the page.
const RepairsSection = dynamic(
  () => import('@/components/backfill/repairs-section').then((module) => module.RepairsSection),
  { ssr: false },
);
const DayFinding = dynamic(() => import('@/components/findings/day-finding').then((module) => module.DayFinding), {
  ssr: false,
});
const WhyOfDay = dynamic(() => import('./why').then((module) => module.WhyOfDay), { ssr: false });

const EvidencePanel = dynamic(() => import('./evidence-panel').then((module) => module.EvidencePanel), { ssr: false });

const dayParams = {
  show: parseAsString,
  flags: parseAsString,
  agent: parseAsString,
  useCase: parseAsString,
  q: parseAsString.withOptions({ throttleMs: 300 }),
  sort: parseAsString.withDefault('start'),
  page: parseAsInteger.withDefault(1),
  open: parseAsString,
};
const pageRows = 100;

/** The conversations of a day, with truth and label side by side. */
export function DayScreen({ customerId, day, initial }: { customerId: string; day: string; initial: Result<DayView> }) {
  const [params, setParams] = useQueryStates(dayParams, { history: 'push' });
  const { show, flags, agent, useCase, q, sort, page } = params;
  const live = useLive<DayView>({
    url: reads.conversations(customerId, day, {
      show,
      flags,
      agent,
      useCase,
      q,
      sort: sort === 'start' ? null : sort,
      page: page > 1 ? page : null,
    }),
    initial,
    everyMs: 30_000,
  });
  return (
    <LiveScreen
      live={live}
      what={`${isDay(day) ? dayName(day) : day} of ${customerId} could not be read`}
      stillWorks="The customer’s page still shows the counts of the last scan."
      skeleton={<PageSkeleton rows={12} />}
      wayOut={
        <Link href={routes.customer(customerId)} className="underline">
          {customerId}
        </Link>
      }
    >
      {(view) => <Day key={day} day={day} view={view} live={live} params={params} setParams={setParams} />}
    </LiveScreen>
  );
}

type Params = QueryStates<typeof dayParams>;

function Day({
  day,
  view,
  live,
  params,
  setParams,
}: {
  day: string;
  view: DayView;
  live: Live<DayView>;
  params: Params[0];
  setParams: Params[1];
}) {
  const { customerId, conversations } = view;
  const range = { customer: customerId, from: day, to: shiftDay(day, 1) };
  const backfill = useBackfill(range, (view.day?.affected ?? 0) > 0);
  const { show, flags, agent, useCase, q, page } = params;
  const pages = Math.max(Math.ceil(conversations.total / pageRows), 1);
  const open = params.open ? conversations.rows.find((row) => row.conversationId === params.open) : undefined;

  return (
    <>
      <TabTitle
        text={`${view.day?.affected ? `${formatNumber(view.day.affected)} affected: ` : ''}${customerId} ${tabDays(day, day)}`}
      />
      <Heading
        title={
          <>
            <Link href={routes.customer(customerId)} className="text-muted hover:text-text hover:underline">
              {view.displayName}
            </Link>
            <span>{dayName(day)}</span>
          </>
        }
        verdict={
          view.day ? (
            <Verdict
              counts={view.day}
              where={`on ${dayName(day)}`}
              href={routes.day(customerId, day)}
              looked={{ atLeast: view.day.atLeast, judgedFromMs: view.judgedFromMs, timeZone: view.timeZone }}
            />
          ) : (
            <span className="text-muted">This day has not been scanned yet. The rows below were read just now.</span>
          )
        }
        meta={
          <>
            <TimesIn timeZone={view.timeZone} />
            {view.day && (
              <span>
                counted as of <Instant ms={view.day.asOfMs} timeZone={view.timeZone} />
              </span>
            )}
            <Freshness live={live} />
          </>
        }
        actions={
          <>
            <div className="flex">
              <ButtonLink
                look="ghost"
                className="px-2"
                href={routes.day(customerId, shiftDay(day, -1))}
                aria-label="The day before"
              >
                <ChevronLeft aria-hidden className="size-4" />
              </ButtonLink>
              <ButtonLink
                look="ghost"
                className="px-2"
                href={routes.day(customerId, shiftDay(day, 1))}
                aria-label="The day after"
              >
                <ChevronRight aria-hidden className="size-4" />
              </ButtonLink>
            </div>
            <ButtonLink href={routes.activeDays({ customer: customerId, from: day, to: shiftDay(day, 1) })}>
              Active Days
            </ButtonLink>
            <QuickCheckButton customerId={customerId} day={day} stored={view.day} />
            {!view.day && (
              <ScanButton
                customerId={customerId}
                fromDay={day}
                toDay={shiftDay(day, 1)}
                busy={false}
                onChange={live.refresh}
              />
            )}
            <BackfillButton backfill={backfill}>Backfill day</BackfillButton>
          </>
        }
      />
      {view.day && <WhyOfDay customerId={customerId} timeZone={view.timeZone} day={view.day} />}
      <DayFinding customerId={customerId} day={day} />
      <BackfillPanel backfill={backfill} range={range} />
      <DayFilters
        day={view.day}
        rows={conversations.rows}
        params={params}
        onChange={(change) => setParams({ ...change, page: null, open: null })}
      />
      {conversations.notLookedAt.length > 0 && (
        <p role="status" className="text-muted text-sm">
          {conversations.notLookedAt.join(' ')}
        </p>
      )}
      <LastKnown lost={live.lost} className="flex flex-col gap-3">
        {conversations.rows.length === 0 ? (
          <NoRows view={view} day={day} filtered={Boolean(flags || agent || useCase || q || show)} />
        ) : (
          <ConversationTable
            rows={conversations.rows}
            timeZone={view.timeZone}
            day={day}
            busy={live.fetching}
            sort={params.sort}
            onSort={(sort) => setParams({ sort, page: null })}
            onOpen={(id) => setParams({ open: id })}
          />
        )}
        <div className="flex flex-wrap items-center justify-between gap-3 text-muted text-sm">
          <span>
            {count(conversations.total, 'conversation matches', 'conversations match')};{' '}
            {formatNumber(conversations.provenance.rowsRead)} rows read in{' '}
            {(conversations.provenance.elapsedMs / 1000).toFixed(1)} s
          </span>
          {conversations.total > 0 && (
            <FileLinks
              what="conversations"
              file={(format) =>
                reads.file('conversations', { customer: customerId, day, show, flags, agent, useCase, q, format })
              }
            />
          )}
          {pages > 1 && (
            <span className="flex items-center gap-2">
              <Button size="sm" disabled={page <= 1} onClick={() => setParams({ page: page - 1 })}>
                Previous
              </Button>
              Page {formatNumber(page)} of {formatNumber(pages)}
              <Button size="sm" disabled={page >= pages} onClick={() => setParams({ page: page + 1 })}>
                Next
              </Button>
            </span>
          )}
        </div>
      </LastKnown>
      <RepairsSection customer={customerId} from={day} to={shiftDay(day, 1)} />
      <EvidencePanel
        customerId={customerId}
        row={open}
        wanted={params.open}
        shown={conversations.rows}
        onOpen={(id) => setParams({ open: id }, { history: 'replace' })}
        timeZone={view.timeZone}
        onClose={() => setParams({ open: null })}
      />
    </>
  );
}

function NoRows({ view, day, filtered }: { view: DayView; day: string; filtered: boolean }) {
  if (view.day?.conversations === 0 && view.conversations.total === 0)
    return <Empty title="No conversations start on this day" />;
  if (filtered)
    return (
      <Empty title="No conversation matches">Remove a filter. The numbers on the filters cover the whole day.</Empty>
    );
  if (view.conversations.notLookedAt.length > 0 && view.conversations.total === 0)
    return <Empty title="No conversation could be read" />;
  return (
    <Empty
      title={
        view.day?.settling
          ? 'No conversation that can be judged yet is affected'
          : 'No conversation of this day is affected'
      }
    >
      <Link href={routes.day(view.customerId, day, { show: 'all' })} className="underline">
        Show all conversations
      </Link>
    </Empty>
  );
}
