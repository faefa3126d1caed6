'use client';

import Link from 'next/link';
import { useMemo } from 'react';
import { reads, routes } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { ReasonText } from '@/components/tickets/reason-text';
import { Badge, Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { type Column, DataTable } from '@/components/ui/data-table';
import { FileLinks } from '@/components/ui/file-links';
import { ChoiceFilter, DayFilter, FilterBar, SearchFilter, SetFilters } from '@/components/ui/filters';
import { duration, rangeName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { progressText } from '@/components/ui/progress-left';
import { Empty } from '@/components/ui/states';
import { Ago, Elapsed } from '@/components/ui/time';
import type { RunStatus, RunSummary } from '@/lib/backfill/state/model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { BackupsSection } from './backups-section';
import { undoneSentence, undoneWord } from './run-words';
import { isOver, runTones, statusOf } from './status';

const statuses = Object.keys(runTones) as RunStatus[];

/** Runs that are not over first, then the newest. */
const rank = (run: RunSummary) => (isOver(run.status) ? 0 : 1) * 1e15 + run.createdAtMs;

function Status({ run }: { run: RunSummary }) {
  const { word, tone } = statusOf(run);
  return (
    <Badge tone={tone} title={run.pause?.reason}>
      {word}
    </Badge>
  );
}

const columns: Column<RunSummary>[] = [
  {
    id: 'status',
    header: 'Status',
    sort: rank,
    cell: (run) =>
      run.undone ? (
        <span className="flex flex-col items-start gap-0.5">
          <Badge tone="unknown">{undoneWord(run)}</Badge>
          <Link
            href={routes.run(run.undone.runId)}
            prefetch={false}
            title={undoneSentence(run.undone, run.timeZone)}
            className="text-muted text-xs underline"
          >
            by run {run.undone.runId.slice(0, 8)}, <Ago ms={run.undone.atMs} />
          </Link>
        </span>
      ) : (
        <Status run={run} />
      ),
  },
  {
    id: 'customer',
    header: 'Customer and days',
    sort: (run) => run.customerId,
    cell: (run) => (
      <Link href={routes.run(run.id)} data-row-link className="font-medium hover:underline">
        {run.strategy === 'undo' && 'Undo, '}
        {run.customerId} <span className="whitespace-nowrap font-normal">{rangeName(run.fromDay, run.toDay)}</span>
      </Link>
    ),
  },
  { id: 'strategy', header: 'Strategy', from: 'md', cell: (run) => run.strategy },
  {
    id: 'days',
    header: 'Days verified',
    numeric: true,
    from: 'sm',
    sort: (run) => run.unitsVerified / Math.max(run.unitsTotal, 1),
    cell: (run) => (
      <span className="whitespace-nowrap">
        {formatNumber(run.unitsVerified)} of {formatNumber(run.unitsTotal - run.daysSkipped)}
        {run.daysSkipped > 0 && <span className="text-muted"> · {formatNumber(run.daysSkipped)} skipped</span>}
        {run.progress && <span className="block text-muted text-xs">{progressText(run.progress)}</span>}
      </span>
    ),
  },
  {
    id: 'rows',
    header: 'Rows planned',
    numeric: true,
    from: 'md',
    sort: (run) => run.rowsToDelete,
    cell: (run) => formatNumber(run.rowsToDelete),
  },
  {
    id: 'gap',
    header: 'Without labels',
    numeric: true,
    from: 'md',
    sort: (run) => run.gapMs ?? 0,
    cell: (run) =>
      run.gapMs === null || run.gapMs === 0 ? (
        <span className="text-muted">{run.gapMs === 0 ? 'never' : '–'}</span>
      ) : (
        <span className={cn('whitespace-nowrap', run.gapOpen && 'font-medium text-attention')}>
          {duration(run.gapMs)}
          {run.gapOpen && ' so far'}
        </span>
      ),
  },
  {
    id: 'by',
    header: 'Started by',
    from: 'md',
    sort: (run) => run.startedBy,
    cell: (run) => (
      <span title={run.reason || undefined}>
        {run.startedBy}
        {run.reason && (
          <span className="block max-w-40 truncate text-muted text-xs">
            <ReasonText>{run.reason}</ReasonText>
          </span>
        )}
      </span>
    ),
  },
  {
    id: 'started',
    header: 'Started',
    from: 'sm',
    className: 'text-muted',
    sort: (run) => run.createdAtMs,
    cell: (run) => <Ago ms={run.startedAtMs ?? run.createdAtMs} />,
  },
  {
    id: 'took',
    header: 'Took',
    numeric: true,
    from: 'lg',
    cell: (run) => (run.startedAtMs === null ? '–' : <Elapsed fromMs={run.startedAtMs} toMs={run.endedAtMs} />),
  },
];

const runFilters = ['customer', 'status', 'day', 'q'] as const;

/** All runs; those that are not over come first. */
export function RunsScreen({ initial }: { initial: Result<RunSummary[]> }) {
  const { filters, isNarrowed, onFilter } = useListAddress(runFilters);
  const { customer, status, day, q } = filters;
  const of = { filters, onFilter };
  const live = useLive<RunSummary[]>({
    url: reads.runs({ customer: customer ?? undefined, status: status ?? undefined, day: day ?? undefined }),
    initial,
    everyMs: 2_000,
  });
  const shown = useMemo(() => {
    const needle = (q ?? '').trim().toLowerCase();
    return (live.data ?? []).filter((run) =>
      `${run.customerId} ${run.startedBy} ${run.reason} ${run.id} ${run.fromDay}`.toLowerCase().includes(needle),
    );
  }, [live.data, q]);
  return (
    <>
      <RepairTabs />
      <LiveScreen live={live} what="The runs could not be read" stillWorks="Runs that are under way continue.">
        {(runs) => (
          <>
            <Heading title="Backfills" verdict={<RunsVerdict runs={runs} />} meta={<Freshness live={live} />} />
            <FilterBar>
              <SearchFilter name="q" label="Search runs" placeholder="Customer, person, reason" {...of} />
              <ChoiceFilter name="status" label="Filter by status" any="Any status" options={statuses} {...of} />
              <DayFilter name="day" label="Runs that work on the day" {...of} />
              <span className="order-last ml-auto">
                <FileLinks what="runs" file={(format) => reads.file('runs', { ...filters, format })} />
              </span>
              <SetFilters names={['customer']} {...of} />
            </FilterBar>
            <LastKnown lost={live.lost}>
              {shown.length === 0 ? (
                <Empty title={isNarrowed ? 'No run matches' : 'No backfill has been run yet'}>
                  To start one, open a day of a{' '}
                  <Link href={routes.customers()} className="underline">
                    customer
                  </Link>{' '}
                  and choose Backfill day.
                </Empty>
              ) : (
                <DataTable
                  caption="Runs"
                  columns={columns}
                  rows={shown}
                  rowKey={(run) => run.id}
                  defaultSort="-status"
                />
              )}
            </LastKnown>
            <BackupsSection customer={customer ?? undefined} />
          </>
        )}
      </LiveScreen>
    </>
  );
}

function RunsVerdict({ runs }: { runs: RunSummary[] }) {
  const stuck = runs.filter((run) => run.status === 'needs attention').length;
  const active = runs.filter((run) => run.status === 'running' || run.status === 'queued').length;
  if (stuck > 0) return <Mark tone="attention">{count(stuck, 'run needs', 'runs need')} attention.</Mark>;
  if (active > 0) return <Mark tone="running">{count(active, 'run is', 'runs are')} under way.</Mark>;
  return <span className="text-muted">No run is under way.</span>;
}
