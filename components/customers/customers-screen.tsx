'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useMemo } from 'react';
import { Legend } from '@/components/detection/calendar';
import { Figure } from '@/components/detection/figure';
import { DayStrip } from '@/components/detection/strip';
import { reads, routes } from '@/components/routes';
import { WatchTabs } from '@/components/shell/place-tabs';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { Badge, Mark } from '@/components/ui/badge';
import { type Column, DataTable } from '@/components/ui/data-table';
import { Input } from '@/components/ui/field';
import { FileLinks } from '@/components/ui/file-links';
import { rangeName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import { Ago, useNow } from '@/components/ui/time';
import type { CustomerList, CustomerSummary } from '@/lib/detection/view/summary-model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { AddCustomer } from './add-customer';
import { customerState, needsFirstSteps, windowOf } from './customer-state';
import { CustomersVerdict } from './customers-verdict';
import { FlagFilter, flagsOfFilter, hasFlag, RetiredFilter } from './flag-filter';
import { RepairAffected } from './repair-affected';
import { useCustomers } from './use-customers';

const FirstCustomer = dynamic(() => import('./first/first-customer').then((module) => module.FirstCustomer));

const worst = (customer: CustomerSummary) => customer.affected;

type Counted = keyof CustomerSummary & ('stale' | 'duplicates' | 'missing' | 'orphans');

function counts(id: Counted, header: string, word: { term: string }) {
  const tone = id === 'stale' ? 'stale' : id === 'duplicates' ? 'duplicate' : 'attention';
  return {
    id,
    header,
    ...word,
    numeric: true,
    from: 'md',
    sort: (customer) => customer[id],
    cell: (customer) => (
      <Figure
        value={customer[id]}
        tone={tone}
        label={`${header.toLowerCase()} of ${customer.displayName}`}
        href={routes.customer(customer.customerId, windowOf(customer) ?? {})}
      />
    ),
  } satisfies Column<CustomerSummary>;
}

const columns: Column<CustomerSummary>[] = [
  {
    id: 'customer',
    header: 'Customer',
    sort: (customer) => customer.displayName.toLowerCase(),
    cell: (customer) => (
      <Link
        href={routes.customer(customer.customerId)}
        data-row-link
        className="flex flex-wrap items-baseline gap-x-2 font-medium hover:underline"
      >
        {customer.displayName}
        <span className="font-mono font-normal text-muted text-xs">{customer.customerId}</span>
      </Link>
    ),
  },
  {
    id: 'affected',
    header: 'Verdict',
    sort: worst,
    cell: (customer) => <CustomerVerdict customer={customer} />,
  },
  {
    id: 'strip',
    header: '30 days to the newest data',
    from: 'sm',
    cell: (customer) => {
      const range = windowOf(customer);
      if (!range) return <span className="text-muted text-xs">no day with data</span>;
      return (
        <span className="flex flex-col gap-0.5">
          <DayStrip customer={customer} />
          <span className="whitespace-nowrap text-muted text-xs">{rangeName(range.from, range.to)}</span>
        </span>
      );
    },
  },
  counts('stale', 'Stale', { term: 'stale' }),
  counts('duplicates', 'Duplicates', { term: 'duplicate' }),
  counts('missing', 'Missing', { term: 'missing' }),
  counts('orphans', 'Orphans', { term: 'orphan' }),
  {
    id: 'conversations',
    header: 'Conversations',
    numeric: true,
    from: 'lg',
    sort: (customer) => customer.conversations,
    cell: (customer) => formatNumber(customer.conversations),
  },
  {
    id: 'scan',
    header: 'Last counted',
    from: 'lg',
    className: 'text-muted',
    sort: (customer) => customer.countedAtMs ?? 0,
    cell: (customer) => <LastCounted customer={customer} />,
  },
];

function LastCounted({ customer: { countedAtMs, scan } }: { customer: CustomerSummary }) {
  return (
    <span className="flex flex-col whitespace-nowrap">
      {countedAtMs === null ? <Mark tone="unknown">never</Mark> : <Ago ms={countedAtMs} />}
      {scan !== null && <Mark tone={scan === 'failed' ? 'attention' : 'running'}>scan {scan}</Mark>}
    </span>
  );
}

function CustomerVerdict({ customer }: { customer: CustomerSummary }) {
  const now = useNow();
  const { state, word } = customerState(customer, now);
  const { stale, duplicates } = customer;
  const affected = stale > 0 ? 'stale' : duplicates > 0 ? 'duplicate' : 'attention';
  return (
    <span className="flex flex-col items-start gap-0.5">
      {customer.state !== 'active' && <Badge tone="waiting">{customer.state}</Badge>}
      <Badge tone={state === 'affected' ? affected : state === 'clear' ? 'verified' : state}>{word}</Badge>
      {worst(customer) > 0 && (
        <span className="text-muted text-xs md:hidden">{count(worst(customer), 'conversation')}</span>
      )}
    </span>
  );
}

/** Who is affected, worst first. */
export function CustomersScreen({ initial }: { initial: Result<CustomerList> }) {
  const live = useCustomers({ initial, everyMs: 5_000 });
  return (
    <>
      <WatchTabs />
      <LiveScreen
        live={live}
        what="The customers could not be read"
        stillWorks="Runs that are under way continue. This page tries again by itself."
        wayOut={
          <Link href={routes.health()} className="underline">
            Open Health
          </Link>
        }
      >
        {(customers) => <Customers customers={customers} live={live} />}
      </LiveScreen>
    </>
  );
}

function Customers({ customers: all, live }: { customers: CustomerSummary[]; live: Live<CustomerSummary[]> }) {
  const [show, setShow] = useQueryState('show', parseAsString.withDefault(''));
  const retired = show === 'retired';
  const retiredCount = all.filter(({ state }) => state === 'retired').length;
  const customers = useMemo(() => all.filter(({ state }) => (state === 'retired') === retired), [all, retired]);
  const [text, setText] = useQueryState('q', parseAsString.withDefault('').withOptions({ throttleMs: 200 }));
  const [flag, setFlag] = useQueryState('flag', parseAsString.withDefault(''));
  const shown = useMemo(() => {
    const needle = text.trim().toLowerCase();
    return customers.filter(
      (customer) =>
        `${customer.customerId} ${customer.displayName}`.toLowerCase().includes(needle) && hasFlag(customer, flag),
    );
  }, [customers, text, flag]);
  return (
    <>
      <Heading
        title="Customers"
        verdict={<CustomersVerdict customers={customers} />}
        meta={<Freshness live={live} />}
        actions={
          <>
            <RepairAffected customers={shown} flag={flag} searched={text.trim() !== ''} />
            {all.length > 0 && <AddCustomer onAdded={live.refresh} />}
          </>
        }
      />
      {all.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <Input
            data-search
            type="search"
            aria-label="Search customers"
            placeholder="Search customers  /"
            value={text}
            onChange={(event) => setText(event.target.value || null)}
            className="w-64 max-sm:w-full"
          />
          <FlagFilter value={flag} onChange={(value) => setFlag(value || null)} />
          {retiredCount > 0 && (
            <RetiredFilter count={retiredCount} pressed={retired} onChange={(on) => setShow(on ? 'retired' : null)} />
          )}
          <span className="ml-auto flex flex-wrap gap-3 text-muted text-sm">
            <FileLinks
              what="customers"
              file={(format) => reads.file('customers', { q: text.trim(), flags: flagsOfFilter(flag), format })}
            />
            {shown.length === customers.length
              ? count(customers.length, 'customer')
              : `${formatNumber(shown.length)} of ${count(customers.length, 'customer')}`}
          </span>
        </div>
      )}
      <LastKnown lost={live.lost} className="flex flex-col gap-3">
        {needsFirstSteps(all) && <FirstCustomer customer={all[0]} onAdded={live.refresh} />}
        {all.length === 0 ? null : customers.length === 0 ? (
          <Empty title="Every customer is retired" />
        ) : shown.length === 0 ? (
          <Empty title="No customer matches">
            <button
              type="button"
              className="underline"
              onClick={() => {
                setText(null);
                setFlag(null);
              }}
            >
              Clear the search and the filter
            </button>
          </Empty>
        ) : (
          <DataTable
            caption="Customers"
            columns={columns}
            rows={shown}
            rowKey={(customer) => customer.customerId}
            defaultSort="-affected"
          />
        )}
        {customers.length > 0 && <Legend />}
      </LastKnown>
    </>
  );
}
