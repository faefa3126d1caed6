'use client';

import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { ButtonAnchor } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Select } from '@/components/ui/field';
import { monthName, span } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import type { Result } from '@/lib/edge/model';
import type { Ledger, LedgerRow } from '@/lib/findings/model';
import { agree, atLeastText, count, formatNumber } from '@/lib/words';

type Row = Ledger['customers'][number];

/** The findings of a month by customer: how fast they were seen and repaired, and what they cost. */
export function LedgerScreen({ initial, thisMonth }: { initial: Result<Ledger>; thisMonth: string }) {
  const [month, setMonth] = useQueryState('month', parseAsString);
  const shown = month ?? thisMonth;
  const live = useLive<Ledger>({ url: reads.ledger({ month: shown }), initial, everyMs: 30_000 });
  return (
    <>
      <WatchTabs />
      <LiveScreen live={live} what="The ledger could not be read" stillWorks="Findings can still be listed.">
        {({ months, isWhole, total, customers, month: of }) => (
          <>
            <Heading
              title="Ledger"
              verdict={<Verdict total={total} customers={customers.length} month={of} />}
              meta={
                <>
                  <span>
                    A finding, one customer’s day with wrong labels, counts in the month in which it was first seen
                    (UTC)
                  </span>
                  {!isWhole && (
                    <span className="text-text">This is not the whole month: some of its findings have aged out</span>
                  )}
                  <Freshness live={live} />
                </>
              }
              actions={
                <>
                  <Select aria-label="Month" value={shown} onChange={(event) => setMonth(event.target.value)}>
                    {[...new Set([shown, thisMonth, ...months])]
                      .sort((a, b) => (a < b ? 1 : -1))
                      .map((one) => (
                        <option key={one} value={one}>
                          {monthName(`${one}-01`)}
                        </option>
                      ))}
                  </Select>
                  <ButtonAnchor href={reads.ledgerCsv({ month: shown })} download>
                    CSV
                  </ButtonAnchor>
                </>
              }
            />
            <LastKnown lost={live.lost} className="flex flex-col gap-5">
              {customers.length === 0 ? (
                <Empty title="This month has no finding">Choose another month above.</Empty>
              ) : (
                <>
                  <Totals total={total} />
                  <DataTable
                    caption={`Findings of ${monthName(`${of}-01`)} by customer`}
                    columns={columns}
                    rows={customers}
                    rowKey={(row) => row.customerId}
                    defaultSort="-findings"
                  />
                </>
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
    </>
  );
}

function Verdict({ total, customers, month }: { total: LedgerRow; customers: number; month: string }) {
  if (total.findings === 0)
    return <span className="text-muted">No finding was first seen in {monthName(`${month}-01`)}.</span>;
  return (
    <span>
      <span className="font-semibold">{count(total.findings, 'finding')}</span> of {count(customers, 'customer')};{' '}
      {formatNumber(total.open)} {agree(total.open, 'is', 'are')} still open
      {total.timesFallenBack > 0 && `, and ${count(total.timesFallenBack, 'repair')} fell back`}.
    </span>
  );
}

const medianText = (ms: number | null) => (ms === null ? '–' : span(ms));

function Totals({ total }: { total: LedgerRow }) {
  return (
    <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      <Total
        name="Seen after, median"
        value={medianText(total.detectMedianMs)}
        note={
          total.detectWorstMs === null
            ? 'it is not known when the truth changed'
            : `from the change of the truth; longest ${span(total.detectWorstMs)} of ${count(total.detected, 'finding')}`
        }
      />
      <Total
        name="Repaired after, median"
        value={medianText(total.repairMedianMs)}
        note={
          total.repairWorstMs === null
            ? 'no finding was repaired'
            : `from the first look; longest ${span(total.repairWorstMs)} of ${count(total.repaired, 'finding')}`
        }
      />
      <Total
        name="Agent-days wrong"
        value={atLeastText(total.agentDaysWrong, total.agentDaysAtLeast)}
        note="agents with an affected conversation, summed over the days"
      />
      <Total
        name="Wrong for, in all"
        value={span(total.wrongMs)}
        note={`the time that ${count(total.days, 'day was', 'days were')} wrong, summed`}
      />
    </dl>
  );
}

function Total({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-3.5 py-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd>
        <span className="font-semibold text-xl leading-tight">{value}</span>
        <span className="block text-muted text-xs">{note}</span>
      </dd>
    </div>
  );
}

const time = (
  id: string,
  header: string,
  median: (row: Row) => number | null,
  worst: (row: Row) => number | null,
): Column<Row> => ({
  id,
  header,
  numeric: true,
  from: 'sm',
  sort: (row) => median(row) ?? -1,
  cell: (row) => (
    <>
      <span className="whitespace-nowrap">{medianText(median(row))}</span>
      {worst(row) !== null && worst(row) !== median(row) && (
        <span className="block whitespace-nowrap text-muted text-xs">longest {medianText(worst(row))}</span>
      )}
    </>
  ),
});

const columns: Column<Row>[] = [
  {
    id: 'customer',
    header: 'Customer',
    sort: (row) => row.displayName.toLowerCase(),
    cell: (row) => (
      <Link
        href={routes.findings({ customer: row.customerId, state: 'all' })}
        data-row-link
        className="font-medium hover:underline"
      >
        {row.displayName}
      </Link>
    ),
  },
  {
    id: 'findings',
    header: 'Findings',
    numeric: true,
    sort: (row) => row.findings,
    cell: (row) => formatNumber(row.findings),
  },
  {
    id: 'open',
    header: 'Open',
    numeric: true,
    from: 'sm',
    sort: (row) => row.open,
    cell: (row) => formatNumber(row.open),
  },
  {
    id: 'back',
    header: 'Fell back',
    numeric: true,
    from: 'md',
    sort: (row) => row.timesFallenBack,
    cell: (row) => formatNumber(row.timesFallenBack),
  },
  {
    id: 'itself',
    header: 'Resolved by itself',
    numeric: true,
    from: 'lg',
    sort: (row) => row.resolvedByItself,
    cell: (row) => formatNumber(row.resolvedByItself),
  },
  time(
    'seen',
    'Seen after',
    (row) => row.detectMedianMs,
    (row) => row.detectWorstMs,
  ),
  time(
    'repair',
    'Repaired after',
    (row) => row.repairMedianMs,
    (row) => row.repairWorstMs,
  ),
  {
    id: 'agents',
    header: 'Agent-days wrong',
    numeric: true,
    sort: (row) => row.agentDaysWrong,
    cell: (row) => atLeastText(row.agentDaysWrong, row.agentDaysAtLeast),
  },
  {
    id: 'wrong',
    header: 'Wrong for',
    numeric: true,
    from: 'md',
    sort: (row) => row.wrongMs,
    cell: (row) => <span className="whitespace-nowrap">{span(row.wrongMs)}</span>,
  },
];
