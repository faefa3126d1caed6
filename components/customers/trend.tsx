'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { toneOf } from '@/components/detection/flags';
import { reads, routes } from '@/components/routes';
import { dayName, eachDay, rangeName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Scroller } from '@/components/ui/scroller';
import { Skeleton } from '@/components/ui/states';
import { TableHead } from '@/components/ui/table-head';
import { type Flag, flagFacts, flagNames } from '@/lib/detection/flags';
import {
  countedInPart,
  isCountedInPart,
  nothingAffected,
  type TrendDay,
  type TrendView,
} from '@/lib/detection/view/past-view-model';
import { agree, count, formatNumber, listed } from '@/lib/words';
import type { TrendSeries } from './trend-chart';

const Chart = dynamic(() => import('./trend-chart').then((module) => module.TrendChart), {
  ssr: false,
  loading: () => <Skeleton className="h-32" />,
});

/** Affected conversations by flag of the 90 days before `toDay`, as a chart, and as a table below it. */
export function TrendSection({ customerId, toDay }: { customerId: string; toDay: string }) {
  const live = useLive<TrendView>({ url: reads.trend(customerId, { to: toDay }), everyMs: 30_000 });
  return (
    <LiveScreen part live={live} what="The trend could not be read" skeleton={<Skeleton className="h-32" />}>
      {(trend) => <Trend customerId={customerId} trend={trend} />}
    </LiveScreen>
  );
}

function Trend({ customerId, trend: { fromDay, toDay, days } }: { customerId: string; trend: TrendView }) {
  const router = useRouter();
  const byDay = new Map(days.map((day) => [day.day, day]));
  const all = eachDay(fromDay, toDay);
  const flags = flagNames.filter((flag) => days.some((day) => (day.flags[flag] ?? 0) > 0));
  const affected = days.filter((day) => day.affected > 0).toSorted((a, b) => (a.day < b.day ? 1 : -1));
  const others = flagNames.filter((flag) => !flags.includes(flag)).map((flag) => flagFacts[flag].word);
  const uncounted = all.length - days.length;
  const inPart = days.filter(isCountedInPart).length;
  const series = flags.map(
    (flag): TrendSeries => ({
      key: flag,
      name: flagFacts[flag].word,
      fill: `var(--${toneOf(flag)}-solid)`,
      points: all.map((day) => {
        const known = byDay.get(day);
        return { day, value: known ? (known.flags[flag] ?? 0) : null, inPart: known ? isCountedInPart(known) : false };
      }),
    }),
  );
  return (
    <Section title="Trend" aside={<span className="text-muted text-xs">{rangeName(fromDay, toDay)}</span>}>
      {flags.length === 0 ? (
        <p className="text-muted text-sm">{nothingAffected(days, all.length)}</p>
      ) : (
        <>
          <Chart series={series} onDay={(day) => router.push(routes.day(customerId, day))} />
          <p className="text-muted text-xs">
            A bar counts affected conversations by the day on which they started; one conversation may have several
            faults. {others.length > 0 && `No conversation has these: ${listed(others, others.length)}. `}
            {uncounted > 0 &&
              `${count(uncounted, 'day was', 'days were')} not counted and ${agree(uncounted, 'is', 'are')} hatched. `}
            {inPart > 0 && `${countedInPart(inPart)} and ${agree(inPart, 'is', 'are')} hatched above the bars.`}
          </p>
          <details className="text-sm">
            <summary className="w-fit cursor-pointer text-muted hover:text-text">
              Table of {count(affected.length, 'affected day')}
            </summary>
            <TrendTable customerId={customerId} flags={flags} days={affected} />
          </details>
        </>
      )}
    </Section>
  );
}

function TrendTable({ customerId, flags, days }: { customerId: string; flags: Flag[]; days: TrendDay[] }) {
  return (
    <Scroller className="mt-2 max-h-96 overflow-y-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">Affected conversations of each day by what is wrong, newest day first</caption>
        <TableHead first="Day" columns={['affected', ...flags.map((flag) => flagFacts[flag].word)]} />
        <tbody>
          {days.map((day) => (
            <tr key={day.day} className="border-line border-b last:border-b-0">
              <th scope="row" className="h-8 whitespace-nowrap px-3 text-left font-normal">
                <Link href={routes.day(customerId, day.day)} prefetch={false} className="hover:underline">
                  {dayName(day.day)}
                </Link>
              </th>
              <td className="px-3 text-right tabular-nums">
                {day.atLeast ? '≥ ' : ''}
                {formatNumber(day.affected)}
              </td>
              {flags.map((flag) => (
                <td key={flag} className="px-3 text-right text-muted tabular-nums">
                  {formatNumber(day.flags[flag] ?? 0)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
