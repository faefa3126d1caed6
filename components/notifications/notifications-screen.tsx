'use client';

import { reads } from '@/components/routes';
import { useQueryState } from '@/components/ui/address';
import { parseAsStringLiteral } from '@/components/ui/address-parsers';
import { Mark } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import { Heading } from '@/components/ui/heading';
import { useListAddress } from '@/components/ui/list-address';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { TimesIn, useNow } from '@/components/ui/time';
import type { Result } from '@/lib/edge/model';
import { type NotificationsView, verdictOf } from '@/lib/notifications/view-model';
import { count, formatNumber, listed } from '@/lib/words';
import { Cases, caseFilters } from './cases';
import { Channels } from './channels';
import { History } from './history';
import { Rules } from './rules';
import { channelNames } from './words';

const parts = ['cases', 'rules', 'history'] as const;

/** Who hears of what, and whether it reaches them. */
export function NotificationsScreen({ initial, nowMs }: { initial: Result<NotificationsView>; nowMs: number }) {
  const [part, setPart] = useQueryState('show', parseAsStringLiteral(parts).withDefault('cases'));
  const list = useListAddress(caseFilters, 'cases');
  const url = reads.notifications({ ...list.filters, page: list.page });
  const live = useLive<NotificationsView>({ url, initial, everyMs: 5_000 });
  const seenMs = useNow() || nowMs;
  return (
    <LiveScreen
      live={live}
      what="The notifications could not be read"
      stillWorks="The worker sends what is in its outbox."
    >
      {(view) => (
        <>
          <Heading
            title="Notifications"
            verdict={<Verdict view={view} nowMs={seenMs} />}
            meta={
              <>
                <TimesIn timeZone="UTC" />
                <Freshness live={live} />
              </>
            }
          />
          <LastKnown lost={live.lost} className="flex flex-col gap-5">
            <Channels view={view} nowMs={seenMs} onChanged={live.refresh} />
            <nav aria-label="Parts" className="flex gap-4 overflow-x-auto text-sm shadow-[inset_0_-1px_0_var(--line)]">
              {parts.map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={one === part}
                  onClick={() => void setPart(one)}
                  className={cn(
                    'whitespace-nowrap border-b-2 px-0.5 pb-1.5',
                    one === part
                      ? 'border-accent font-medium text-text'
                      : 'border-transparent text-muted hover:text-text',
                  )}
                >
                  {titleOf(one, view)}
                </button>
              ))}
            </nav>
            {part === 'cases' && <Cases view={view} list={list} />}
            {part === 'rules' && <Rules view={view} onChanged={live.refresh} />}
            {part === 'history' && <History onChanged={live.refresh} />}
          </LastKnown>
        </>
      )}
    </LiveScreen>
  );
}

const titleOf = (part: (typeof parts)[number], { casesOpen }: NotificationsView): string =>
  part === 'cases' ? `Open cases ${formatNumber(casesOpen)}` : part === 'rules' ? 'Rules' : 'History';

function Verdict({ view, nowMs }: { view: NotificationsView; nowMs: number }) {
  const judged = view.channels.map((channel) => ({ ...channel, verdict: verdictOf(channel, nowMs) }));
  const names = (of: typeof judged) => listed(of.map(({ channel }) => channelNames[channel]));
  const on = judged.filter(({ verdict }) => verdict.state !== 'off');
  const dead = judged.filter(({ verdict }) => verdict.state === 'dead');
  if (on.length === 0)
    return (
      <Mark tone="unknown">
        No channel is configured, so nobody hears of anything who does not look at the console.
      </Mark>
    );
  if (dead.length > 0) return <Mark tone="attention">Nothing reaches people by {names(dead)}.</Mark>;
  const troubled = judged.filter(({ verdict }) => verdict.state === 'troubled');
  if (troubled.length > 0) return <Mark tone="stale">Not everything was sent by {names(troubled)}.</Mark>;
  const unused = judged.filter(({ verdict }) => verdict.state === 'unused');
  if (unused.length === on.length) return <Mark tone="waiting">Nothing was sent yet. Send a test.</Mark>;
  return (
    <Mark tone="verified">
      {count(on.length - unused.length, 'channel works', 'channels work')}:{' '}
      {names(judged.filter(({ verdict }) => verdict.state === 'works'))}.
    </Mark>
  );
}
