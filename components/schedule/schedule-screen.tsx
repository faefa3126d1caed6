'use client';

import { Tile } from '@/components/detection/tiles';
import { reads, routes } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { parseAsInteger, parseAsString, parseAsStringLiteral } from '@/components/ui/address-parsers';
import { Mark } from '@/components/ui/badge';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { Instant } from '@/components/ui/time';
import { customerShows, everyWords, obstacleTitles, type ScheduleView } from '@/lib/detection/schedule/view-model';
import type { Result } from '@/lib/edge/model';
import { agree, count, formatNumber } from '@/lib/words';
import { Audits } from './audits';
import { Costs } from './costs';
import { RecentScans } from './recent-scans';
import { ScheduledCustomers } from './scheduled-customers';

const address = {
  show: parseAsStringLiteral(customerShows).withDefault('due'),
  q: parseAsString.withDefault(''),
  page: parseAsInteger.withDefault(0),
  scans: parseAsInteger.withDefault(0),
};

/** What the schedule did, what that cost, what is due and why something waits. */
export function ScheduleScreen({ initial }: { initial: Result<ScheduleView> }) {
  const [asked, ask] = useQueryStates(address);
  const live = useLive<ScheduleView>({ url: reads.schedule(asked), initial, everyMs: 5_000 });
  return (
    <LiveScreen
      live={live}
      what="The schedule could not be read"
      stillWorks="Scans go on whether or not this page can be read."
    >
      {(view) => (
        <>
          <Heading
            title="Schedule"
            verdict={<Verdict view={view} />}
            meta={
              <>
                <span>{settings(view)}</span>
                <Freshness live={live} />
              </>
            }
          />
          <LastKnown lost={live.lost} className="flex flex-col gap-6">
            <Counts view={view} />
            <p className="max-w-4xl text-sm">
              <Mark tone={view.fit.fits === null ? 'unknown' : view.fit.fits ? 'verified' : 'attention'}>
                {view.fit.sentence}
              </Mark>
            </p>
            <Section title="Customers">
              <ScheduledCustomers view={view} show={asked.show} q={asked.q} onAsk={ask} />
            </Section>
            <Section
              title="Cost of the last 24 hours"
              aside={
                <span className="text-muted text-xs">
                  In an engine second, one statement runs for a second on one thread of ClickHouse.
                </span>
              }
            >
              <Costs hours={view.hours} budgetMs={view.budgetMs} />
            </Section>
            <Section title="Audits of the night">
              <Audits audits={view.audits} />
            </Section>
            <Section title="What ran">
              <RecentScans scans={view.scans} onTurn={(scans) => void ask({ scans })} />
            </Section>
          </LastKnown>
        </>
      )}
    </LiveScreen>
  );
}

const settings = ({ everyMs, days, statements, budgetMs }: ScheduleView) =>
  `It looks at ${count(days, 'day')} of each customer ${everyWords(everyMs)}, with at most ${count(statements, 'statement')} at a time and ${formatNumber(budgetMs / 1_000)} engine seconds an hour`;

function Verdict({ view }: { view: ScheduleView }) {
  const { obstacle, counts, nextDueMs } = view;
  if (obstacle)
    return (
      <Mark tone={obstacle.kind === 'stopped' ? 'attention' : 'settling'}>
        {obstacleTitles[obstacle.kind]}: {obstacle.sentence}{' '}
        {obstacle.untilMs !== null && (
          <>
            The schedule goes on at <Instant ms={obstacle.untilMs} day={false} />.
          </>
        )}
      </Mark>
    );
  const active = counts.scanned + counts.waits + counts.due;
  if (counts.failing > 0)
    return (
      <Mark tone="attention">
        {count(counts.failing, 'customer')} cannot be read and {agree(counts.failing, 'is', 'are')} tried again later;{' '}
        {formatNumber(active)} of the others {agree(active, 'is', 'are')} due or under way.
      </Mark>
    );
  if (active > 0)
    return (
      <Mark tone="running">
        {count(counts.scanned, 'customer is', 'customers are')} looked at or scanned now;{' '}
        {formatNumber(counts.waits + counts.due)} {agree(counts.waits + counts.due, 'waits', 'wait')}.
      </Mark>
    );
  return (
    <Mark tone="neutral">
      Nothing is due.{' '}
      {nextDueMs !== null && (
        <>
          The next customer is due at <Instant ms={nextDueMs} day={false} />.
        </>
      )}
    </Mark>
  );
}

function Counts({ view: { counts } }: { view: ScheduleView }) {
  const due = counts.due + counts.waits + counts.scanned;
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-4">
      <Tile value={counts.customers} label="customers" tone="neutral" href={routes.schedule({ show: 'all' })} />
      <Tile value={due} label="due or under way" tone="running" href={routes.schedule({ show: 'due' })} />
      <Tile
        value={counts.late}
        label="late by a whole period"
        tone="attention"
        href={routes.schedule({ show: 'late' })}
      />
      <Tile
        value={counts.failing}
        label="cannot be read"
        tone="attention"
        href={routes.schedule({ show: 'failing' })}
      />
    </div>
  );
}
