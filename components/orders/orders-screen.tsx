'use client';

import { Plus } from 'lucide-react';
import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { reads, routes } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { Badge, Mark } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { type Column, DataTable } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import { dayName } from '@/components/ui/format';
import { Heading } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Empty } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { Result } from '@/lib/edge/model';
import type { OrderSummary, orderStatuses } from '@/lib/orders/model';
import { count } from '@/lib/words';
import { nightTone, orderTones } from './words';

/** Those that stopped themselves first, then active ones and proposals, then the newest. */
const ranks = [
  'ended',
  'counting',
  'proposed',
  'active',
  'stopped',
] as const satisfies (typeof orderStatuses)[number][];
const rank = (one: OrderSummary) => ranks.indexOf(one.status) * 1e15 + one.createdAtMs;

const columns: Column<OrderSummary>[] = [
  {
    id: 'status',
    header: 'Status',
    sort: rank,
    cell: (one) => <Badge tone={orderTones[one.status]}>{one.status}</Badge>,
  },
  {
    id: 'what',
    header: 'What it may do',
    sort: (one) => one.words,
    cell: (one) => (
      <Link href={routes.order(one.id)} data-row-link className="block max-w-prose py-1.5 font-medium hover:underline">
        <DataText>{one.words}</DataText>
      </Link>
    ),
  },
  {
    id: 'night',
    header: 'Last night',
    from: 'md',
    cell: ({ lastNight }) =>
      lastNight ? (
        <span className="block max-w-72">
          <Mark tone={nightTone(lastNight)}>
            <span className="whitespace-nowrap">{dayName(lastNight.night, false)}</span>
          </Mark>
          <span className="block text-muted text-xs">{lastNight.sentence}</span>
        </span>
      ) : (
        <span className="text-muted">–</span>
      ),
  },
  {
    id: 'until',
    header: 'Until',
    from: 'sm',
    sort: (one) => one.terms.untilDay,
    cell: (one) => <span className="whitespace-nowrap">{dayName(one.terms.untilDay)}</span>,
  },
  {
    id: 'by',
    header: 'Proposed by',
    from: 'md',
    sort: (one) => one.createdBy,
    cell: (one) => (
      <>
        {one.createdBy}
        <span className="block whitespace-nowrap text-muted text-xs">
          <Ago ms={one.createdAtMs} />
        </span>
      </>
    ),
  },
  {
    id: 'approved',
    header: 'Approved by',
    from: 'lg',
    sort: (one) => one.approval?.decidedBy ?? '',
    cell: (one) =>
      one.activeAtMs !== null ? one.approval?.decidedBy : <span className="text-muted">{waitsFor(one)}</span>,
  },
];

const waitsFor = ({ approval }: OrderSummary) => (approval ? approval.state : '–');

/** All standing orders: what each may do, and what it did last night. */
export function OrdersScreen({ initial }: { initial: Result<OrderSummary[]> }) {
  const live = useLive<OrderSummary[]>({ url: reads.orders(), initial, everyMs: 5_000 });
  return (
    <>
      <RepairTabs />
      <LiveScreen
        live={live}
        what="The standing orders could not be read"
        stillWorks="Active orders go on whether or not this page can be read."
      >
        {(orders) => (
          <>
            <Heading
              title="Standing orders"
              verdict={<Verdict orders={orders} />}
              meta={<Freshness live={live} />}
              actions={orders.length > 0 && <NewOrder />}
            />
            <LastKnown lost={live.lost}>
              {orders.length === 0 ? (
                <Empty title="No standing order has been proposed yet">
                  <p>
                    Until the labeler is mended, labels go stale every night. A standing order repairs them every night,
                    within the limits that a second person approved once, and stops itself after a failure.
                  </p>
                  <div className="mt-3">
                    <NewOrder />
                  </div>
                </Empty>
              ) : (
                <DataTable
                  caption="Standing orders"
                  columns={columns}
                  rows={orders}
                  rowKey={(one) => one.id}
                  defaultSort="-status"
                />
              )}
            </LastKnown>
          </>
        )}
      </LiveScreen>
    </>
  );
}

function NewOrder() {
  const refusal = useRefusal('backfill.run');
  if (refusal !== null) return <span className="text-muted text-sm">{refusal}</span>;
  return (
    <ButtonLink look="primary" href={routes.newOrder()}>
      <Plus aria-hidden className="size-3.5" />
      New standing order
    </ButtonLink>
  );
}

function Verdict({ orders }: { orders: OrderSummary[] }) {
  const of = (status: OrderSummary['status']) => orders.filter((one) => one.status === status).length;
  if (of('stopped') > 0)
    return (
      <Mark tone="attention">
        {count(of('stopped'), 'order', 'orders')} stopped after a failure and wait for a person.
      </Mark>
    );
  if (of('active') > 0) return <Mark tone="settling">{count(of('active'), 'order is', 'orders are')} active.</Mark>;
  return <span className="text-muted">No order is active, so nothing is repaired by itself.</span>;
}
