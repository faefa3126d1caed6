'use client';

import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { Dialog } from '@/components/ui/dialog';
import { FailedLine } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { retryDeliveries } from '@/lib/notifications/actions';
import type { SendingChannel } from '@/lib/notifications/model';
import { type ChannelView, type NotificationsView, verdictOf } from '@/lib/notifications/view-model';
import { count, formatNumber } from '@/lib/words';
import { BrowserChannel } from './browser-channel';
import { channelNames, variablesOf, verdictTones } from './words';

// What reads for itself, or is below the first look, loads after the page.
const TestPanel = dynamic(() => import('./test-panel').then((module) => module.TestPanel), { ssr: false });

type Sending = ChannelView & { channel: SendingChannel };

/** One card for each way to people, with its last message, its last failure, and what waits. */
export function Channels({
  view,
  nowMs,
  onChanged,
}: {
  view: NotificationsView;
  nowMs: number;
  onChanged: () => void;
}) {
  const [tested, setTested] = useState<SendingChannel | null>(null);
  return (
    <>
      <ul aria-label="Channels" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        {(view.channels as Sending[]).map((channel) => (
          <Card
            key={channel.channel}
            channel={channel}
            nowMs={nowMs}
            onTest={() => setTested(channel.channel)}
            onChanged={onChanged}
          />
        ))}
        <BrowserChannel />
      </ul>
      <Dialog
        open={tested !== null}
        onOpenChange={(open) => !open && setTested(null)}
        title={tested ? `Test ${channelNames[tested]}` : 'Test'}
        description="This is what is sent."
      >
        {tested && (
          <TestPanel
            channel={tested}
            onDone={() => {
              setTested(null);
              onChanged();
            }}
          />
        )}
      </Dialog>
    </>
  );
}

function Card({
  channel,
  nowMs,
  onTest,
  onChanged,
}: {
  channel: Sending;
  nowMs: number;
  onTest: () => void;
  onChanged: () => void;
}) {
  const verdict = verdictOf(channel, nowMs);
  const refusal = useRefusal('notifications.manage');
  const { change, pending, failure } = useChange();
  const retry = () => change(() => retryDeliveries({ channel: channel.channel, deliveryId: null }), onChanged);
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line bg-surface p-4 text-sm">
      <div className="flex items-center justify-between gap-3">
        <h2 className="font-semibold">{channelNames[channel.channel]}</h2>
        <Badge tone={verdictTones[verdict.state]}>{verdict.word}</Badge>
      </div>
      {channel.configured ? (
        <>
          <p className="wrap-anywhere">{verdict.sentence}</p>
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
            <Fact name="Last sent">{channel.sentAtMs === null ? 'never' : <Ago ms={channel.sentAtMs} />}</Fact>
            <Fact name="Last failure">{channel.failedAtMs === null ? 'none' : <Ago ms={channel.failedAtMs} />}</Fact>
            <Fact name="Waiting">{formatNumber(channel.waiting)}</Fact>
            {channel.blockedUntilMs !== null && channel.blockedUntilMs > nowMs && (
              <Fact name="Tried again">in {count(Math.ceil((channel.blockedUntilMs - nowMs) / 1_000), 'second')}</Fact>
            )}
          </dl>
          {channel.givenUp > 0 && (
            <p className="flex flex-wrap items-center gap-2 font-medium text-attention text-xs">
              {count(channel.givenUp, 'message')} given up in the last week
              <Button size="sm" disabled={pending || refusal !== null} title={refusal ?? undefined} onClick={retry}>
                Try again
              </Button>
            </p>
          )}
          {failure && <FailedLine failure={failure} />}
          <div className="mt-auto pt-1">
            <Button size="sm" disabled={refusal !== null} title={refusal ?? undefined} onClick={onTest}>
              Send a test
            </Button>
            {refusal && <p className="mt-1 text-muted text-xs">{refusal}</p>}
          </div>
        </>
      ) : (
        <div className="flex flex-col gap-1 max-sm:hidden">
          <p>To turn it on, set for the worker:</p>
          <ul className="flex flex-col gap-0.5">
            {variablesOf[channel.channel].map((name) => (
              <li key={name} className="font-mono text-xs [overflow-wrap:anywhere]">
                {name}
              </li>
            ))}
          </ul>
        </div>
      )}
    </li>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
