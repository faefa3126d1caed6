import type { Route } from 'next';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import { Empty } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { CaseView, NotificationsView } from '@/lib/notifications/view-model';
import { formatNumber } from '@/lib/words';
import { channelNames, deliveryTones, eventNames, kindNames } from './words';

/** What waits for a person now, with what was sent of it. */
export function Cases({ view }: { view: NotificationsView }) {
  if (view.cases.length === 0)
    return (
      <Empty title="No case is open">
        A case opens when something needs a person, and is resolved when that is over. Each is one message, not many.
      </Empty>
    );
  return (
    <div className="flex flex-col gap-2">
      <ul aria-label="Open cases" className="divide-y divide-line rounded-lg border border-line bg-surface">
        {view.cases.map((one) => (
          <Case key={one.id} one={one} />
        ))}
      </ul>
      {view.casesOpen > view.cases.length && (
        <p className="text-muted text-sm">
          The newest {formatNumber(view.cases.length)} of {formatNumber(view.casesOpen)} are shown.
        </p>
      )}
    </div>
  );
}

function Case({ one }: { one: CaseView }) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 px-4 py-3 text-sm">
      <div className="min-w-0 flex-1 basis-80">
        <Link href={one.path as Route} data-row-link className="font-medium [overflow-wrap:anywhere] hover:underline">
          <DataText>{one.title}</DataText>
        </Link>
        {one.lines.map((line) => (
          <p key={line} className="text-muted text-xs [overflow-wrap:anywhere]">
            <DataText>{line}</DataText>
          </p>
        ))}
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-xs">
          {one.messages.length === 0 && <Mark tone="unknown">nothing sent</Mark>}
          {one.messages.map(({ channel, kind, state, inSummary, atMs }) => (
            <Mark key={channel} tone={deliveryTones[state]}>
              {channelNames[channel]}: {kindNames[kind]}
              {inSummary && ' in a summary'}, {state} {state === 'sent' && <Ago ms={atMs} />}
            </Mark>
          ))}
        </p>
      </div>
      <div className="flex flex-col items-end gap-x-3 gap-y-0.5 text-muted text-xs max-sm:w-full max-sm:flex-row max-sm:flex-wrap">
        <span className="font-medium">{eventNames[one.event].name}</span>
        {one.customerId && (
          <Link href={routes.customer(one.customerId)} className="whitespace-nowrap font-mono hover:underline">
            {one.customerId}
          </Link>
        )}
        <span>
          open since <Ago ms={one.openedAtMs} />
        </span>
      </div>
    </li>
  );
}
