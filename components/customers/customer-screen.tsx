'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import { BackfillButton, BackfillPanel, useBackfill } from '@/components/backfill/plan/backfill-button';
import { Calendar } from '@/components/detection/calendar';
import { isActive, ScanBar } from '@/components/detection/scan-bar';
import { ScanButton } from '@/components/detection/scan-button';
import { Tile, Tiles } from '@/components/detection/tiles';
import { Verdict } from '@/components/detection/verdict';
import { reads, routes } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copy';
import { eachDay, inRange, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { RangePicker } from '@/components/ui/range-picker';
import { Empty, PageSkeleton } from '@/components/ui/states';
import { TabTitle } from '@/components/ui/tab-title';
import { Ago, TimesIn } from '@/components/ui/time';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import { countWrong } from '@/lib/active-days/verdict-model';
import type { CustomerView } from '@/lib/backfill/view/customer-view-model';
import { staleFlags } from '@/lib/detection/flags';
import type { DayResult, Scan } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import type { Result } from '@/lib/edge/model';
import { agree, count, formatNumber } from '@/lib/words';
import { Breakdowns } from './breakdowns';
import { ChangeButton } from './change/change-button';
import { CheckCustomer } from './check-customer';
import { rangeParams } from './params';

// What reads for itself, or is below the first look, loads after the page.
const RepairsSection = dynamic(
  () => import('@/components/backfill/repairs-section').then((module) => module.RepairsSection),
  { ssr: false },
);
const TrendSection = dynamic(() => import('./trend').then((module) => module.TrendSection), { ssr: false });
const DaysTable = dynamic(() => import('./days-table').then((module) => module.DaysTable));
const MomentForm = dynamic(() => import('./moment-form').then((module) => module.MomentForm), { ssr: false });

/** The scans that get a bar: those in progress, and the newest one if it did not succeed. */
const notable = (scans: Scan[]) =>
  scans.filter((scan, index) => isActive(scan) || (index === 0 && scan.status !== 'succeeded'));

/** One customer: calendar, days, agents. */
export function CustomerScreen({ customerId, initial }: { customerId: string; initial: Result<CustomerView> }) {
  const [range, setRange] = useQueryStates(rangeParams);
  const live = useLive<CustomerView>({
    url: reads.customer(customerId, { from: range.from ?? undefined, to: range.to ?? undefined }),
    initial,
    everyMs: (view) => (view?.scans.some(isActive) || view?.activeRuns.length ? 1_000 : 5_000),
  });
  return (
    <LiveScreen
      live={live}
      what={`${customerId} could not be read`}
      notFound="No such customer"
      stillWorks="This page tries again by itself."
      skeleton={<PageSkeleton tiles={6} />}
      wayOut={
        <Link href={routes.customers()} className="underline">
          All customers
        </Link>
      }
    >
      {(view) => (
        <Customer
          key={`${view.fromDay} ${view.toDay}`}
          view={view}
          live={live}
          onRange={(from, to) => setRange({ from, to })}
          onNewest={range.from || range.to ? () => setRange({ from: null, to: null }) : undefined}
        />
      )}
    </LiveScreen>
  );
}

function Customer({
  view,
  live,
  onRange,
  onNewest,
}: {
  view: CustomerView;
  live: Live<CustomerView>;
  onRange: (from: string, to: string) => void;
  /** Undefined while the newest days are shown. */
  onNewest: (() => void) | undefined;
}) {
  const { customer, fromDay, toDay } = view;
  const { customerId } = customer;
  const [choosing, setChoosing] = useState(false);
  const totals = useMemo(() => sumCounts(view.days), [view]);
  const byDay = useMemo(() => new Map(view.days.map((day) => [day.day, day])), [view]);
  const activeDays = useLive<ActiveDaysDiff>({
    url: reads.activeDays({ customer: customerId, from: fromDay, to: toDay }),
    staleMs: 30_000,
  });
  const affected = view.days.filter((day) => day.affected > 0);
  const range = { customer: customerId, from: fromDay, to: toDay };
  const backfill = useBackfill(range, affected.length > 0);
  const days = eachDay(fromDay, toDay);
  const atLeast = view.days.some((day) => day.atLeast);
  const wrong = activeDays.data ? countWrong(activeDays.data.counts) : null;
  const unscanned = days.filter((day) => !byDay.has(day)).length;
  const only = affected.length === 1 ? affected[0] : undefined;
  const countHref = (flag: Parameters<typeof hrefFor>[0]) => hrefFor(flag, { customerId, fromDay, toDay, only });

  return (
    <>
      <TabTitle text={totals.affected > 0 ? `${formatNumber(totals.affected)} affected: ${customerId}` : customerId} />
      <Heading
        title={
          <>
            {customer.displayName}
            <Id value={customerId} length={40} />
            {customer.state !== 'active' && <Badge tone="waiting">{customer.state}</Badge>}
          </>
        }
        verdict={
          unscanned === days.length ? (
            <span className="text-muted">None of these {count(days.length, 'day')} has been scanned yet.</span>
          ) : (
            <Verdict
              counts={totals}
              where={inRange(fromDay, toDay)}
              href={countHref('affected')}
              looked={{
                atLeast,
                unscanned,
                days: days.length,
                judgedFromMs: view.judgedFromMs,
                timeZone: customer.timeZone,
              }}
            />
          )
        }
        meta={
          <>
            <TimesIn timeZone={customer.timeZone} />
            {customer.countedAtMs !== null && (
              <span>
                last counted <Ago ms={customer.countedAtMs} />
              </span>
            )}
            <Freshness live={live} />
            <Link href={routes.findings({ customer: customerId, state: 'all' })} className={dotted}>
              Findings
            </Link>
            <button type="button" aria-expanded={choosing} className={dotted} onClick={() => setChoosing(!choosing)}>
              State as of a moment
            </button>
          </>
        }
        actions={
          <>
            <ChangeButton customerId={customerId} onDone={live.refresh} />
            <CheckCustomer customerId={customerId} />
            <ScanButton
              customerId={customerId}
              fromDay={fromDay}
              toDay={toDay}
              busy={view.scans.some(isActive)}
              onChange={live.refresh}
            />
            <BackfillButton backfill={backfill}>Backfill {count(affected.length, 'affected day')}</BackfillButton>
          </>
        }
      />
      {choosing && (
        <MomentForm customerId={customerId} timeZone={customer.timeZone} range={{ from: fromDay, to: toDay }} />
      )}
      <BackfillPanel backfill={backfill} range={range} />
      {notable(view.scans).map((scan) => (
        <ScanBar key={scan.id} scan={scan} onChange={live.refresh} />
      ))}
      {view.activeRuns.map((run) => (
        <Link
          key={run.id}
          href={routes.run(run.id)}
          className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-surface px-4 py-2.5 hover:bg-raised"
        >
          <Badge tone={run.status === 'needs attention' ? 'attention' : 'running'}>{run.status}</Badge>
          <span>
            Backfill of {rangeName(run.fromDay, run.toDay)}, {run.strategy}
          </span>
          <span className="ml-auto text-muted text-sm underline">Open the run</span>
        </Link>
      ))}
      <LastKnown lost={live.lost} className="flex flex-col gap-5">
        <Tiles>
          <Tile atLeast={atLeast} value={totals.stale} label="stale" tone="stale" href={countHref('stale')} />
          <Tile atLeast={atLeast} value={totals.missing} label="missing" tone="attention" href={countHref('missing')} />
          <Tile
            atLeast={atLeast}
            value={totals.duplicates}
            label="duplicates"
            tone="duplicate"
            href={countHref('duplicate')}
          />
          <Tile atLeast={atLeast} value={totals.orphans} label="orphans" tone="attention" href={countHref('orphan')} />
          <Tile
            value={affected.length}
            label={agree(affected.length, 'day affected', 'days affected')}
            tone="stale"
            href={countHref('affected')}
          />
          <Tile
            value={wrong}
            label={
              wrong === null
                ? `${activeDays.failure ? 'not counted' : 'counting'}: agents with wrong Active Days`
                : `${agree(wrong, 'agent', 'agents')} with wrong Active Days${totals.settling > 0 ? ', settling ones included' : ''}`
            }
            title={wrong === null ? activeDays.failure?.message : undefined}
            tone="stale"
            href={routes.activeDays({ customer: customerId, from: fromDay, to: toDay, verdict: 'wrong' })}
          />
        </Tiles>
        <div className="grid min-w-0 gap-6 lg:grid-cols-[auto_minmax(18rem,1fr)]">
          <Section
            title="Days"
            aside={<RangePicker fromDay={fromDay} toDay={toDay} onChange={onRange} onReset={onNewest} />}
          >
            <Calendar customerId={customerId} fromDay={fromDay} toDay={toDay} byDay={byDay} />
          </Section>
          <Breakdowns customerId={customerId} days={affected} />
        </div>
        {view.days.length === 0 ? (
          <Empty title="These days were not counted yet">
            A day that was not scanned may still be affected. Scan the range to find out.
          </Empty>
        ) : (
          <DaysTable customerId={customerId} range={range} days={view.days} />
        )}
        <TrendSection customerId={customerId} toDay={toDay} />
        <RepairsSection customer={customerId} from={fromDay} to={toDay} />
      </LastKnown>
    </>
  );
}

const dotted = 'underline decoration-dotted underline-offset-4 hover:text-text hover:decoration-solid';

type Target = { customerId: string; fromDay: string; toDay: string; only: DayResult | undefined };

/** With one affected day a count links to the conversations of that day, else to the table of days. */
function hrefFor(what: 'affected' | 'stale' | 'missing' | 'duplicate' | 'orphan', target: Target) {
  const { customerId, fromDay, toDay, only } = target;
  if (!only) return routes.customer(customerId, { from: fromDay, to: toDay, days: 'affected' });
  if (what === 'affected') return routes.day(customerId, only.day);
  return routes.day(customerId, only.day, { flags: what === 'stale' ? staleFlags : [what] });
}
