import type { Route } from 'next';
import Link from 'next/link';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import { ChoiceFilter, FilterBar } from '@/components/ui/filters';
import type { useListAddress } from '@/components/ui/list-address';
import { Pages } from '@/components/ui/pages';
import { Empty } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { events } from '@/lib/notifications/model';
import type { CaseView, NotificationsView } from '@/lib/notifications/view-model';
import { count, formatNumber } from '@/lib/words';
import { channelNames, deliveryTones, eventNames, kindNames } from './words';

export const caseFilters = ['event'] as const;
type List = ReturnType<typeof useListAddress<(typeof caseFilters)[number]>>;

/** What waits for a person now, with what was sent of it. */
export function Cases({ view, list }: { view: NotificationsView; list: List }) {
  const { cases, casesOpen, casesFound, casesPage } = view;
  if (casesOpen === 0) return <Empty title="No case is open">{whatACaseIs}</Empty>;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-sm">{whatACaseIs}</p>
      <FilterBar>
        <ChoiceFilter
          name="event"
          label="What happened"
          any="Any event"
          options={events.map((event) => [event, eventNames[event].name] as const)}
          filters={list.filters}
          onFilter={list.onFilter}
        />
        <span className="ml-auto text-muted text-sm">
          {casesFound === casesOpen
            ? count(casesOpen, 'open case')
            : `${formatNumber(casesFound)} of ${count(casesOpen, 'open case')}`}
        </span>
      </FilterBar>
      {cases.length === 0 ? (
        <Empty title="No open case matches">
          <button type="button" className="underline" onClick={list.clear}>
            Show all open cases
          </button>
        </Empty>
      ) : (
        <ul aria-label="Open cases" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {cases.map((one) => (
            <Case key={one.id} one={one} />
          ))}
        </ul>
      )}
      <Pages label="Pages of cases" page={casesPage} onTurn={(to) => list.turn(to || null)} />
    </div>
  );
}

const whatACaseIs =
  'A case opens when something needs a person, and is resolved when that is over. A channel gets one message when it opens, one for each change that matters, and one at its end.';

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
          {one.messages.length === 0 && <Mark tone="unknown">sent by no channel</Mark>}
          {one.messages.map(({ channel, kind, state, inSummary, atMs }) => (
            <Mark key={channel} tone={deliveryTones[state]}>
              {channelNames[channel]}: {kindNames[kind]}
              {inSummary && ', in a summary'}, {state} {state === 'sent' && <Ago ms={atMs} />}
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
          opened <Ago ms={one.openedAtMs} />
        </span>
      </div>
    </li>
  );
}
