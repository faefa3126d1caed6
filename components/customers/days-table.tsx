'use client';

import { Zap } from 'lucide-react';
import Link from 'next/link';
import { useMemo } from 'react';
import { useRefusal } from '@/components/auth/person';
import { dayState, dayStates } from '@/components/detection/day-state';
import { Figure } from '@/components/detection/figure';
import { whyOf } from '@/components/detection/flags';
import { reads, routes } from '@/components/routes';
import { useQueryState } from '@/components/ui/address';
import { parseAsStringLiteral } from '@/components/ui/address-parsers';
import { Mark } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { type Column, DataTable } from '@/components/ui/data-table';
import { FileLinks } from '@/components/ui/file-links';
import { dayName } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { Empty } from '@/components/ui/states';
import { shiftDay } from '@/lib/day-text';
import { type Flag, staleFlags } from '@/lib/detection/flags';
import type { DayResult } from '@/lib/detection/model';
import { formatNumber } from '@/lib/words';
import { DayActiveDays } from './day-active-days';

/** The days of the range, the affected ones first, each with a link to its backfill. */
export function DaysTable({
  customerId,
  range,
  days,
}: {
  customerId: string;
  range: { from: string; to: string };
  days: DayResult[];
}) {
  const affected = useMemo(() => days.filter((day) => day.affected > 0), [days]);
  const [which, setWhich] = useQueryState('days', parseAsStringLiteral(['affected', 'all'] as const));
  const refusal = useRefusal('backfill.plan');
  const showing = which ?? (affected.length > 0 ? 'affected' : 'all');
  const rows = showing === 'affected' ? affected : days;
  const withActiveDays = useMemo(
    () =>
      new Set(
        affected
          .toSorted((a, b) => b.affected - a.affected)
          .slice(0, 12)
          .map((day) => day.day),
      ),
    [affected],
  );
  const columns = useMemo(() => columnsOf(customerId, withActiveDays, refusal), [customerId, withActiveDays, refusal]);
  return (
    <Section
      id="days"
      title={showing === 'affected' ? 'Affected days' : 'All scanned days'}
      aside={
        <div className="flex flex-wrap items-center gap-3">
          <FileLinks
            what="days"
            file={(format) =>
              reads.file('days', { customer: customerId, from: range.from, to: range.to, show: showing, format })
            }
          />
          <fieldset className="flex gap-1">
            <legend className="sr-only">Which days</legend>
            {(
              [
                ['affected', `Affected ${formatNumber(affected.length)}`],
                ['all', `Scanned ${formatNumber(days.length)}`],
              ] as const
            ).map(([value, label]) => (
              <button
                key={value}
                type="button"
                aria-pressed={showing === value}
                onClick={() => setWhich(value)}
                className={cn(
                  'h-7 rounded-md px-2 text-xs',
                  showing === value ? 'bg-raised font-medium' : 'text-muted hover:bg-raised',
                )}
              >
                {label}
              </button>
            ))}
          </fieldset>
        </div>
      }
    >
      {rows.length === 0 ? (
        <Empty title="No scanned day is affected">
          {days.some((day) => day.settling > 0 || day.atLeast)
            ? 'Some days cannot be fully judged yet. Choose “Scanned” to see them.'
            : 'Every scanned day of this range was fully counted, and none is affected.'}
        </Empty>
      ) : (
        <DataTable
          caption="Days"
          columns={columns}
          rows={rows}
          rowKey={(day) => day.day}
          defaultSort={showing === 'affected' ? '-affected' : '-day'}
        />
      )}
    </Section>
  );
}

function columnsOf(customerId: string, withActiveDays: Set<string>, refusal: string | null): Column<DayResult>[] {
  const figure = (
    id: 'stale' | 'duplicates' | 'missing' | 'orphans',
    header: string,
    flags: Flag[],
    tone: 'stale' | 'duplicate' | 'attention',
  ): Column<DayResult> => ({
    id,
    header,
    numeric: true,
    from: 'md',
    sort: (day) => day[id],
    cell: (day) => (
      <Figure
        value={day[id]}
        tone={tone}
        label={`${header.toLowerCase()} on ${dayName(day.day)}`}
        href={routes.day(customerId, day.day, { flags })}
      />
    ),
  });
  return [
    {
      id: 'day',
      header: 'Day',
      sort: (day) => day.day,
      cell: (day) => (
        <span className="flex flex-col">
          <Link
            href={routes.day(customerId, day.day)}
            prefetch={false}
            data-row-link
            className="whitespace-nowrap font-medium hover:underline"
          >
            {dayName(day.day)}
          </Link>
          <span className="sm:hidden">
            <Why customerId={customerId} day={day} />
          </span>
        </span>
      ),
    },
    {
      id: 'conversations',
      header: 'Conversations',
      numeric: true,
      sort: (day) => day.conversations,
      from: 'sm',
      cell: (day) => (
        <Link
          href={routes.day(customerId, day.day, { show: 'all' })}
          prefetch={false}
          className="underline decoration-dotted underline-offset-4 hover:decoration-solid"
        >
          {day.atLeast ? '≥ ' : ''}
          {formatNumber(day.conversations)}
        </Link>
      ),
    },
    figure('stale', 'Stale', staleFlags, 'stale'),
    figure('duplicates', 'Dup', ['duplicate'], 'duplicate'),
    figure('missing', 'Missing', ['missing'], 'attention'),
    figure('orphans', 'Orphans', ['orphan'], 'attention'),
    {
      id: 'affected',
      header: 'Affected',
      sort: (day) => day.affected,
      from: 'sm',
      cell: (day) => <Why customerId={customerId} day={day} />,
    },
    {
      id: 'active',
      header: 'Active Days',
      from: 'lg',
      cell: (day) =>
        day.affected === 0 ? (
          <span className="text-muted">–</span>
        ) : (
          <DayActiveDays customerId={customerId} day={day.day} asked={withActiveDays.has(day.day)} />
        ),
    },
    {
      id: 'do',
      header: '',
      className: 'w-px text-right',
      cell: (day) =>
        day.affected > 0 &&
        refusal === null && (
          <ButtonLink
            size="sm"
            look="primary"
            href={routes.plan({ customer: customerId, from: day.day, to: shiftDay(day.day, 1) })}
            aria-label={`Backfill day ${dayName(day.day)}`}
          >
            <Zap aria-hidden className="size-3" />
            Backfill day
          </ButtonLink>
        ),
    },
  ];
}

function Why({ customerId, day }: { customerId: string; day: DayResult }) {
  const why = whyOf(day);
  if (why.length === 0) {
    const { word, tone } = dayStates[dayState(day)];
    return <Mark tone={tone}>{tone === 'verified' ? 'none affected' : word}</Mark>;
  }
  return (
    <span className="text-muted text-xs">
      {why.map(({ flag, word, conversations }, index) => (
        <span key={flag}>
          {index > 0 && ' · '}
          <Link
            href={routes.day(customerId, day.day, { flags: [flag] })}
            prefetch={false}
            className="whitespace-nowrap hover:text-text hover:underline"
          >
            {word} {formatNumber(conversations)}
          </Link>
        </span>
      ))}
    </span>
  );
}
