'use client';

import dynamic from 'next/dynamic';
import { useMemo } from 'react';
import { reads } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { ReasonText } from '@/components/tickets/reason-text';
import { useAhead } from '@/components/ui/ahead';
import { Badge, Mark } from '@/components/ui/badge';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Dialog } from '@/components/ui/dialog';
import { ChoiceFilter, FilterBar, SetFilters } from '@/components/ui/filters';
import { Heading } from '@/components/ui/heading';
import { useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty, Skeleton } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { ApprovalView } from '@/lib/approvals/model';
import { approvalStates } from '@/lib/approvals/state-model';
import type { Result } from '@/lib/edge/model';
import { agree, count, formatNumber } from '@/lib/words';
import { approvalTones, kindNames } from './states';

const load = () => import('./approval-panel');
const ApprovalPanel = dynamic(() => load().then((module) => module.ApprovalPanel), {
  ssr: false,
  loading: () => <Skeleton className="h-48" />,
});

/** Waiting requests first, then approved ones that are not used yet, then the newest. */
const rank = (one: ApprovalView) =>
  (one.state === 'waiting' ? 2 : one.state === 'approved' ? 1 : 0) * 1e15 + one.requestedAtMs;

function columnsFor(open: (id: string) => void): Column<ApprovalView>[] {
  return [
    {
      id: 'state',
      header: 'State',
      sort: rank,
      cell: (one) => <Badge tone={approvalTones[one.state]}>{one.state}</Badge>,
    },
    {
      id: 'what',
      header: 'What',
      sort: (one) => one.summary,
      cell: (one) => (
        <button
          type="button"
          data-row-link
          onClick={() => open(one.id)}
          className="text-left font-medium hover:underline"
        >
          {kindNames[one.kind]}{' '}
          <span className="block font-normal text-muted text-xs [overflow-wrap:anywhere]">{one.summary}</span>
        </button>
      ),
    },
    {
      id: 'rows',
      header: 'Label rows deleted',
      numeric: true,
      from: 'md',
      sort: (one) => one.rows,
      cell: (one) => (one.kind === 'kill' ? '–' : formatNumber(one.rows)),
    },
    {
      id: 'by',
      header: 'Asked by',
      sort: (one) => one.requestedBy,
      cell: (one) => (
        <>
          {one.requestedBy}
          {one.mine && <span className="text-muted"> (you)</span>}
          <span className="block text-muted text-xs">
            <Ago ms={one.requestedAtMs} />
          </span>
        </>
      ),
    },
    {
      id: 'reason',
      header: 'Reason',
      from: 'md',
      cell: (one) => (
        <span className="block max-w-72 truncate" title={one.reason}>
          <ReasonText>{one.reason}</ReasonText>
        </span>
      ),
    },
    {
      id: 'decided',
      header: 'Decided by',
      from: 'lg',
      sort: (one) => one.decidedBy ?? '',
      cell: (one) => one.decidedBy ?? <span className="text-muted">–</span>,
    },
  ];
}

const approvalFilters = ['state', 'customer'] as const;

/** The requests that wait for a second person, and those that were decided. */
export function ApprovalsScreen({ initial }: { initial: Result<ApprovalView[]> }) {
  useAhead(load);
  const { filters, open, isNarrowed, onFilter, show } = useListAddress(approvalFilters);
  const live = useLive<ApprovalView[]>({ url: reads.approvals(filters), initial, everyMs: 3_000 });
  const columns = useMemo(() => columnsFor(show), [show]);
  return (
    <>
      <RepairTabs />
      <LiveScreen live={live} what="The approvals could not be read" stillWorks="What was approved stays approved.">
        {(approvals) => (
          <>
            <Heading title="Approvals" verdict={<Verdict approvals={approvals} />} meta={<Freshness live={live} />} />
            <FilterBar>
              <ChoiceFilter
                name="state"
                label="Filter by state"
                any="Any state"
                options={approvalStates}
                filters={filters}
                onFilter={onFilter}
              />
              <SetFilters names={['customer']} filters={filters} onFilter={onFilter} />
            </FilterBar>
            <LastKnown lost={live.lost}>
              {approvals.length === 0 ? (
                <Empty title={isNarrowed ? 'No approval matches' : 'Nobody asked for an approval yet'}>
                  Backfills above the row threshold, every undo and every KILL of a mutation need a second person.
                </Empty>
              ) : (
                <DataTable
                  caption="Approvals"
                  columns={columns}
                  rows={approvals}
                  rowKey={(one) => one.id}
                  defaultSort="-state"
                />
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
      <Dialog kind="panel" open={open !== null} onOpenChange={(shown) => !shown && show(null)} title="Approval">
        {open && <ApprovalPanel approvalId={open} onChanged={live.refresh} />}
      </Dialog>
    </>
  );
}

function Verdict({ approvals }: { approvals: ApprovalView[] }) {
  const waiting = approvals.filter((one) => one.state === 'waiting');
  const mine = waiting.filter((one) => one.mine).length;
  if (waiting.length === 0) return <span className="text-muted">Nothing waits for approval.</span>;
  const all = agree(mine, 'it', 'all of them');
  return (
    <Mark tone="waiting">
      {count(waiting.length, 'request waits', 'requests wait')} for approval
      {mine > 0 && `; you asked for ${mine === waiting.length ? all : `${formatNumber(mine)} of them`}`}.
    </Mark>
  );
}
