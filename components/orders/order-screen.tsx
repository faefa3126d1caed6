'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { reads, routes } from '@/components/routes';
import { RepairTabs } from '@/components/shell/place-tabs';
import { ReasonText } from '@/components/tickets/reason-text';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { DataText } from '@/components/ui/data-text';
import { dayName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Skeleton } from '@/components/ui/states';
import { TabTitle } from '@/components/ui/tab-title';
import { Ago, Instant } from '@/components/ui/time';
import type { Result } from '@/lib/edge/model';
import type { OrderStatus, OrderView } from '@/lib/orders/model';
import { AskOrder } from './ask-order';
import { EndOrder } from './end-order';
import { Nights } from './nights';
import { OrderPreviewView, stopsWhen } from './order-preview';
import { orderTones } from './words';

const pollMs: Record<OrderStatus, number> = {
  counting: 700,
  proposed: 2_000,
  active: 2_000,
  stopped: 10_000,
  ended: 5_000,
};

/** A standing order: what it may do, what it would have done last night, and what it did every night. */
export function OrderScreen({ orderId, initial }: { orderId: string; initial: Result<OrderView> }) {
  const live = useLive<OrderView>({
    url: reads.order(orderId),
    initial,
    everyMs: (order) => pollMs[order?.status ?? 'active'],
  });
  return (
    <>
      <RepairTabs />
      <LiveScreen
        live={live}
        what="The standing order could not be read"
        notFound="No such standing order"
        stillWorks="An active order goes on whether or not this page can be read."
        wayOut={
          <Link href={routes.orders()} className="underline">
            All standing orders
          </Link>
        }
      >
        {(order) => (
          <>
            <TabTitle text={`${order.status}: standing order`} />
            <Order order={order} live={live} />
          </>
        )}
      </LiveScreen>
    </>
  );
}

function Order({ order, live }: { order: OrderView; live: Live<OrderView> }) {
  const { status, words, preview, nights } = order;
  const begun = order.activeAtMs !== null;
  const shown = preview ? <OrderPreviewView preview={preview} /> : <Skeleton className="h-24" />;
  return (
    <>
      <Heading
        title={
          <>
            <span>Standing order</span>
            <Badge tone={orderTones[status]}>{status}</Badge>
          </>
        }
        verdict={
          <p className="max-w-prose">
            <DataText>{words}</DataText>
          </p>
        }
        meta={<Meta order={order} live={live} />}
        actions={<Actions order={order} onDone={live.refresh} />}
      />
      <LastKnown lost={live.lost} className="flex flex-col gap-5">
        <p className="flex items-start gap-2 rounded-lg border border-line bg-surface px-4 py-3 text-sm">
          <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
          <span aria-live="polite" className="min-w-0 [overflow-wrap:anywhere]">
            {order.next}
          </span>
        </p>
        {status === 'proposed' && <AskOrder order={order} onDone={live.refresh} />}
        {begun && (
          <Section title="What it did every night">
            <Nights nights={nights} timeZone={order.terms.window.timeZone} />
          </Section>
        )}
        {(preview || status === 'counting') && (
          <Section title="What it would have done last night, when it was proposed">{shown}</Section>
        )}
      </LastKnown>
    </>
  );
}

function Actions({ order, onDone }: { order: OrderView; onDone: () => void }) {
  const refusal = useRefusal('backfill.run');
  if (refusal !== null) return null;
  const isReplaced = order.status === 'active' || order.status === 'stopped';
  return (
    <>
      <ButtonLink href={routes.newOrder({ like: order.id })}>
        {isReplaced ? 'Propose a change' : 'Propose one like it'}
      </ButtonLink>
      {order.canEnd && <EndOrder order={order} onDone={onDone} />}
    </>
  );
}

function Meta({ order, live }: { order: OrderView; live: Live<OrderView> }) {
  const { createdBy, createdAtMs, approval, activeAtMs, terms, endedBy, endedAtMs, reason, replaces } = order;
  return (
    <>
      <span>
        proposed by {createdBy} <Ago ms={createdAtMs} />
      </span>
      {approval && activeAtMs !== null && (
        <Link href={routes.approvals({ open: approval.id })} className="hover:underline">
          approved by {approval.decidedBy} <Ago ms={activeAtMs} />
        </Link>
      )}
      <span>until {dayName(terms.untilDay)}</span>
      <span>stops itself {stopsWhen(terms.failureBudget)}</span>
      {replaces && (
        <Link href={routes.order(replaces)} className="hover:underline">
          replaces the order {replaces.slice(0, 8)}
        </Link>
      )}
      {endedAtMs !== null && (
        <span>
          {order.status} <Instant ms={endedAtMs} /> by {endedBy}
        </span>
      )}
      <span className="max-w-md truncate" title={reason}>
        <ReasonText>{reason}</ReasonText>
      </span>
      <Freshness live={live} />
    </>
  );
}
