'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { cn } from '@/components/ui/cn';
import { compact, dayName, eachDay, monthName, weekdayOf } from '@/components/ui/format';
import type { DayResult } from '@/lib/detection/model';
import type { DayState } from '@/lib/detection/view/summary-model';
import { dayState, dayStates, daySummary } from './day-state';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const ink: Record<DayState, string> = {
  unscanned: 'hatched text-muted border-line',
  limited: 'crossed text-muted border-line-strong',
  empty: 'bg-raised text-muted border-line',
  stale: 'bg-stale-soft text-stale border-stale-solid',
  duplicate: 'bg-duplicate-soft text-duplicate border-duplicate-solid',
  attention: 'bg-attention-soft text-attention border-attention-solid',
  settling: 'dotted text-text border-line-strong',
  clean: 'bg-verified-soft text-verified border-transparent',
};

/** The states with a pattern, on which a number needs a plain background to be legible. */
const patterned: DayState[] = ['unscanned', 'limited', 'settling'];

/** Months side by side. Each day links to its conversations, unless the results are those of a past moment. */
export function Calendar({
  customerId,
  fromDay,
  toDay,
  byDay,
  past = false,
}: {
  customerId: string;
  fromDay: string;
  toDay: string;
  byDay: Map<string, DayResult>;
  past?: boolean;
}) {
  const months = new Map<string, string[]>();
  for (const day of eachDay(fromDay, toDay)) {
    const month = day.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-x-8 gap-y-4">
        {[...months].map(([month, days]) => (
          <div key={month}>
            <p className="mb-1 font-medium text-muted text-xs">{monthName(days[0] as string)}</p>
            <div className="grid grid-cols-7 gap-1">
              {weekdays.map((weekday) => (
                <span key={weekday} aria-hidden className="w-11 text-center text-[0.6875rem] text-muted">
                  {weekday}
                </span>
              ))}
              {days.map((day, index) => (
                <DayCell
                  key={day}
                  href={past ? null : routes.day(customerId, day)}
                  day={day}
                  result={byDay.get(day)}
                  column={index === 0 ? weekdayOf(day) + 1 : undefined}
                />
              ))}
            </div>
          </div>
        ))}
      </div>
      <Legend />
    </div>
  );
}

function DayCell({
  href,
  day,
  result,
  column,
}: {
  href: Route | null;
  day: string;
  result: DayResult | undefined;
  column: number | undefined;
}) {
  const state = dayState(result);
  const number = result && result.affected > 0 ? compact(result.affected) : null;
  const summary = `${dayName(day)}: ${daySummary(result)}`;
  const box = {
    title: summary,
    style: column ? { gridColumnStart: column } : undefined,
    className: cn(
      'flex h-9 w-11 flex-col justify-between rounded-md border px-1 py-0.5 leading-none',
      href && 'hover:ring-1 hover:ring-line-strong',
      ink[state],
    ),
  };
  const content = (
    <>
      <span className={cn('self-start text-[0.6875rem]', patterned.includes(state) && 'rounded-sm bg-surface px-0.5')}>
        {Number(day.slice(8))}
      </span>
      {number && <span className="self-end font-semibold text-xs">{number}</span>}
    </>
  );
  if (!href)
    return (
      <span role="img" aria-label={summary} {...box}>
        {content}
      </span>
    );
  return (
    <Link href={href} prefetch={false} aria-label={summary} {...box}>
      {content}
    </Link>
  );
}

const legend: DayState[] = ['clean', 'stale', 'duplicate', 'attention', 'settling', 'limited', 'empty', 'unscanned'];

export function Legend() {
  return (
    <ul className="flex w-0 min-w-full flex-wrap gap-x-4 gap-y-1 text-muted text-xs">
      {legend.map((state) => (
        <li key={state} className="flex items-center gap-1.5">
          <span aria-hidden className={cn('size-3 rounded-[3px] border border-line', dayStates[state].fill)} />
          {dayStates[state].word}
        </li>
      ))}
    </ul>
  );
}
