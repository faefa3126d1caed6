'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { reads } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { type Column, DataTable } from '@/components/ui/data-table';
import { DataText } from '@/components/ui/data-text';
import { ChoiceFilter, FilterBar } from '@/components/ui/filters';
import { useListAddress } from '@/components/ui/list-address';
import { LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Pages } from '@/components/ui/pages';
import { Empty, FailedLine } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { retryDeliveries } from '@/lib/notifications/actions';
import { sendingChannels } from '@/lib/notifications/model';
import { type DeliveriesPage, type DeliveryView, deliveryStates } from '@/lib/notifications/view-model';
import { count } from '@/lib/words';
import { channelNames, deliveryTones, kindNames } from './words';

const historyFilters = ['channel', 'state'] as const;

/** What was sent, and what was not, newest first; the server pages it. */
export function History({ onChanged }: { onChanged: () => void }) {
  const { filters, page, isNarrowed, onFilter, turn } = useListAddress(historyFilters);
  const url = reads.deliveries({ page, ...filters });
  const live = useLive<DeliveriesPage>({ url, everyMs: 5_000 });
  const refusal = useRefusal('notifications.manage');
  const { change, pending, failure } = useChange();
  const again = (one: DeliveryView) =>
    change(
      () => retryDeliveries({ channel: one.channel as (typeof sendingChannels)[number], deliveryId: one.id }),
      () => {
        live.refresh();
        onChanged();
      },
    );
  return (
    <>
      <FilterBar>
        <ChoiceFilter
          name="channel"
          label="Channel"
          any="Any channel"
          options={sendingChannels.map((channel) => [channel, channelNames[channel]] as const)}
          filters={filters}
          onFilter={onFilter}
        />
        <ChoiceFilter
          name="state"
          label="State"
          any="Sent, or to be sent"
          options={deliveryStates}
          filters={filters}
          onFilter={onFilter}
        />
      </FilterBar>
      {failure && <FailedLine failure={failure} />}
      <LiveScreen part live={live} what="The history could not be read">
        {({ deliveries, page: at }) => (
          <LastKnown lost={live.lost} className="flex flex-col gap-3">
            {deliveries.length === 0 ? (
              <Empty title={isNarrowed ? 'Nothing matches' : 'Nothing was sent yet'} />
            ) : (
              <DataTable
                caption="Messages, newest first"
                columns={columnsFor({ again, disabled: pending || refusal !== null })}
                rows={deliveries}
                rowKey={(one) => String(one.id)}
                defaultSort=""
                rowClass={() => '[&>td]:align-top'}
              />
            )}
            <Pages label="Pages of messages" page={at} onTurn={(to) => turn(to || null)} />
          </LastKnown>
        )}
      </LiveScreen>
    </>
  );
}

const columnsFor = (retry: { again: (one: DeliveryView) => void; disabled: boolean }): Column<DeliveryView>[] => [
  {
    id: 'state',
    header: 'State',
    cell: (one) => (
      <>
        <Badge tone={deliveryTones[one.state]}>{one.state}</Badge>
        <span className="mt-0.5 block text-muted text-xs sm:hidden">{channelNames[one.channel]}</span>
      </>
    ),
  },
  {
    id: 'what',
    header: 'Message',
    cell: (one) => (
      <span className="block min-w-40 [overflow-wrap:anywhere]">
        {one.path === null ? (
          <DataText>{one.title}</DataText>
        ) : (
          <Link href={one.path as Route} data-row-link className="font-medium hover:underline">
            <DataText>{one.title}</DataText>
          </Link>
        )}
        <span className="block text-muted text-xs">
          {kindNames[one.kind]}
          {one.urgent && ', urgent'}
          {one.attempts > 1 && `, ${count(one.attempts, 'try', 'tries')}`}
        </span>
        {one.failure && one.state !== 'sent' && <span className="block text-attention text-xs">{one.failure}</span>}
      </span>
    ),
  },
  { id: 'channel', header: 'Channel', from: 'sm', cell: (one) => channelNames[one.channel] },
  {
    id: 'made',
    header: 'Made',
    from: 'md',
    cell: (one) => <Ago ms={one.madeAtMs} />,
  },
  {
    id: 'sent',
    header: 'Sent',
    from: 'sm',
    cell: (one) => (one.sentAtMs === null ? <span className="text-muted">–</span> : <Ago ms={one.sentAtMs} />),
  },
  {
    id: 'again',
    header: '',
    className: 'text-right',
    cell: (one) =>
      one.state === 'given up' && (
        <Button size="sm" disabled={retry.disabled} onClick={() => retry.again(one)}>
          Try again
        </Button>
      ),
  },
];
