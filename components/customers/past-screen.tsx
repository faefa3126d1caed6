'use client';

import { History } from 'lucide-react';
import Link from 'next/link';
import { Calendar } from '@/components/detection/calendar';
import { dayState, dayStates } from '@/components/detection/day-state';
import { whyOf } from '@/components/detection/flags';
import { Tile, Tiles } from '@/components/detection/tiles';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { dayName, eachDay, inRange, instantIn } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Empty, Failed } from '@/components/ui/states';
import { Instant, TimesIn } from '@/components/ui/time';
import type { DayResult } from '@/lib/detection/model';
import { sumCounts } from '@/lib/detection/sum-model';
import type { PastView } from '@/lib/detection/view/past-view-model';
import type { Result } from '@/lib/edge/model';
import { agree, count, formatNumber } from '@/lib/words';
import { MomentForm } from './moment-form';

type Query = { at?: string; from?: string; to?: string };

/** What was known of a customer at a moment. Nothing of now is on this page, and nothing can be started from it. */
export function PastScreen({ customerId, query, past }: { customerId: string; query: Query; past: Result<PastView> }) {
  const range = { from: query.from, to: query.to };
  const now = (
    <Link href={routes.customer(customerId, range)} className="underline">
      {customerId} now
    </Link>
  );
  if (!past.ok)
    return (
      <Failed page what={`${customerId} at that moment could not be read`} failure={past.error}>
        {now}
      </Failed>
    );
  return <Past view={past.data} range={range} />;
}

function Past({ view, range }: { view: PastView; range: Omit<Query, 'at'> }) {
  const { customerId, timeZone, fromDay, toDay, days } = view;
  const totals = sumCounts(days);
  const affected = days.filter((day) => day.affected > 0);
  const atLeast = days.some((day) => day.atLeast);
  const uncounted = eachDay(fromDay, toDay).length - days.length;
  return (
    <div className="flex flex-col gap-5 rounded-lg border-2 border-line-strong border-dashed p-4 max-sm:-mx-2 max-sm:p-3">
      <div
        role="note"
        className="-m-4 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-t-md bg-raised px-4 py-2.5 max-sm:-m-3"
      >
        <span className="inline-flex items-center gap-2 font-medium">
          <History aria-hidden className="size-4" />
          <span>
            The past: what was known on <Instant ms={view.atMs} timeZone={timeZone} year seconds={false} />
          </span>
        </span>
        <MomentForm customerId={customerId} timeZone={timeZone} atMs={view.atMs} range={range} />
        <ButtonLink className="ml-auto" href={routes.customer(customerId, range)}>
          Back to now
        </ButtonLink>
        {view.twinMs !== null && <Twin view={view} twinMs={view.twinMs} range={range} />}
      </div>
      <div className="mt-4">
        <Heading
          title={view.displayName}
          verdict={
            days.length === 0 ? (
              <span className="text-muted">
                No day {inRange(fromDay, toDay)} had been counted by then.{' '}
                {view.keptSinceMs !== null && (
                  <>
                    What is kept begins on <Instant ms={view.keptSinceMs} timeZone={timeZone} year />.
                  </>
                )}
              </span>
            ) : (
              <Mark tone={totals.affected > 0 ? 'stale' : 'neutral'}>
                <span className="text-text">
                  {atLeast && 'At least '}
                  {formatNumber(totals.affected)} of {count(totals.conversations, 'conversation')}{' '}
                  {inRange(fromDay, toDay)} {agree(totals.affected, 'was', 'were')} known to be affected.
                  {uncounted > 0 && ` ${count(uncounted, 'day', 'days')} had not been counted.`}
                </span>
              </Mark>
            )
          }
          meta={
            <>
              <TimesIn timeZone={timeZone} />
              {days.length > 0 && (
                <span>
                  Affected conversations are as they were known then; the number of all conversations of a day may be of
                  a later look that found the same
                </span>
              )}
            </>
          }
        />
      </div>
      {days.length > 0 && (
        <>
          <Tiles>
            <Tile atLeast={atLeast} value={totals.stale} label="stale then" tone="stale" />
            <Tile atLeast={atLeast} value={totals.missing} label="missing then" tone="attention" />
            <Tile atLeast={atLeast} value={totals.duplicates} label="duplicates then" tone="duplicate" />
            <Tile atLeast={atLeast} value={totals.orphans} label="orphans then" tone="attention" />
            <Tile
              value={affected.length}
              label={`${agree(affected.length, 'day', 'days')} affected then`}
              tone="stale"
            />
          </Tiles>
          <Section title="Days as they were known then">
            <Calendar
              past
              customerId={customerId}
              fromDay={fromDay}
              toDay={toDay}
              byDay={new Map(days.map((day) => [day.day, day]))}
            />
          </Section>
          <Section title="Affected days then">
            {affected.length === 0 ? (
              <Empty title="No counted day was affected then" />
            ) : (
              <DataTable
                caption="Days that were affected then"
                columns={columnsIn(timeZone)}
                rows={affected}
                rowKey={(day) => day.day}
                defaultSort="-affected"
              />
            )}
          </Section>
        </>
      )}
    </div>
  );
}

/** Clocks that were set back showed the moment twice: which one this is, and the way to the other one. */
function Twin({ view, twinMs, range }: { view: PastView; twinMs: number; range: Omit<Query, 'at'> }) {
  const { atMs, customerId, timeZone } = view;
  const [shown, twin] = [instantIn(atMs, timeZone, false), instantIn(twinMs, timeZone, false)];
  const [which, other] = atMs < twinMs ? ['first', 'second'] : ['second', 'first'];
  return (
    <p className="basis-full text-sm">
      The clocks of {timeZone} were set back and showed {shown.clock} twice on that day. This is the {which} time, in{' '}
      {shown.zone}.{' '}
      <Link
        href={routes.customer(customerId, { ...range, at: new Date(twinMs).toISOString() })}
        className="whitespace-nowrap underline"
      >
        Show the {other} time, in {twin.zone}
      </Link>
    </p>
  );
}

const columnsIn = (timeZone: string): Column<DayResult>[] => [
  {
    id: 'day',
    header: 'Day',
    sort: (day) => day.day,
    cell: (day) => <span className="whitespace-nowrap font-medium">{dayName(day.day)}</span>,
  },
  {
    id: 'affected',
    header: 'Affected then',
    numeric: true,
    sort: (day) => day.affected,
    cell: (day) => (
      <>
        {day.atLeast ? '≥ ' : ''}
        {formatNumber(day.affected)} of {formatNumber(day.conversations)}
      </>
    ),
  },
  {
    id: 'why',
    header: 'Why',
    cell: (day) => (
      <Mark tone={dayStates[dayState(day)].tone}>
        <span className="text-muted text-xs">
          {whyOf(day)
            .map(({ word, conversations }) => `${word} ${formatNumber(conversations)}`)
            .join(' · ')}
        </span>
      </Mark>
    ),
  },
  {
    id: 'since',
    header: 'So since',
    from: 'sm',
    className: 'text-muted',
    sort: (day) => day.asOfMs,
    cell: (day) => <Instant ms={day.asOfMs} timeZone={timeZone} year />,
  },
];
