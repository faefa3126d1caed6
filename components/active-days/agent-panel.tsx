'use client';

import { Download } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Badge, Mark } from '@/components/ui/badge';
import { CopyButton } from '@/components/ui/copy';
import { dayName } from '@/components/ui/format';
import { LivePanel } from '@/components/ui/live-panel';
import { type AgentDaysView, decidingOf, type StripDay } from '@/lib/active-days/agent-days-model';
import { count, formatNumber } from '@/lib/words';
import { agentTicket } from './agent-ticket';
import { DayStrip } from './day-strip';
import { DecidingTable } from './deciding-table';
import { daysText, dayWord, meaningOf, momentName } from './verdicts';

type Query = Record<string, string | null | undefined>;

/** The days behind an agent's number: what each side says, and of one day what decides it. */
export function AgentPanel({
  query,
  day,
  onDay,
}: {
  /** The address of the read: customer, range, agent, use case and moments. */
  query: Query;
  day: string | null;
  onDay: (day: string) => void;
}) {
  return (
    <LivePanel<AgentDaysView>
      url={reads.agentDays(query)}
      what="The days could not be read"
      onChanged={() => undefined}
    >
      {(view) => <AgentDays view={view} query={query} day={day} onDay={onDay} />}
    </LivePanel>
  );
}

const differs = (day: StripDay) =>
  day.verdict === 'missing' || day.verdict === 'extra' || day.verdict === 'by accident';

/** The day that answers the question: one that differs for certain, else one that may, else one that counts. */
const firstOf = (days: StripDay[]): StripDay | undefined =>
  days.find((day) => differs(day) && day.settled) ??
  days.find(differs) ??
  days.find((day) => day.verdict === 'agrees') ??
  days[0];

function AgentDays({
  view,
  query,
  day,
  onDay,
}: {
  view: AgentDaysView;
  query: Query;
  day: string | null;
  onDay: (day: string) => void;
}) {
  const chosen = view.days.find((one) => one.day === day) ?? firstOf(view.days);
  const differing = view.days.filter(differs);
  const numbers = [view.labels, view.truth, ...[view.before, view.after].flatMap((side) => (side ? [side.days] : []))];
  const meaning = meaningOf(numbers);
  return (
    <div className="flex flex-col gap-4">
      <dl className="flex flex-wrap gap-2">
        {view.before && <Figure label={momentName(view.before.moment)} value={daysText(view.before.days)} />}
        {view.after && <Figure label={momentName(view.after.moment)} value={daysText(view.after.days)} />}
        <Figure label={view.before || view.after ? 'labels now' : 'labels say'} value={daysText(view.labels)} />
        <Figure label="truth says" value={daysText(view.truth)} />
      </dl>
      {meaning && <p className="text-muted text-sm">{meaning}</p>}
      <p className="text-sm">
        {differing.length === 0
          ? 'Labels and truth agree on every day.'
          : `${count(differing.length, 'day differs', 'days differ')}, of ${count(view.days.length, 'day')}.`}
      </p>
      {chosen && <DayStrip view={view} chosen={chosen.day} onChoose={onDay} />}
      {[view.before, view.after].some((side) => side && side.on === null) && (
        <p className="text-muted text-sm">
          A hatched line is of a run from before its days were kept; only its number is known.
        </p>
      )}
      {chosen && <OneDay view={view} day={chosen} />}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <a href={reads.agentDaysCsv(query)} download className="inline-flex items-center gap-1.5 text-sm underline">
          <Download aria-hidden className="size-3.5" />
          CSV of these days and their conversations
        </a>
        <CopyButton text={() => agentTicket(view, window.location.href)}>Copy for the ticket</CopyButton>
      </div>
      <p className="text-muted text-xs">
        {formatNumber(view.rowsRead)} rows read in {(view.elapsedMs / 1000).toFixed(1)} s
      </p>
    </div>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-3.5 py-2">
      <dt className="text-muted text-xs">{label}</dt>
      <dd className="font-semibold text-xl leading-tight">{value}</dd>
    </div>
  );
}

function OneDay({ view, day }: { view: AgentDaysView; day: StripDay }) {
  const { word, tone } = dayWord(day);
  const deciding = decidingOf(day);
  return (
    <section aria-label={dayName(day.day)} aria-live="polite" className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="flex items-center gap-2 font-semibold text-sm">
          {dayName(day.day)} <Badge tone={tone}>{word}</Badge>
        </h3>
        <Link
          href={routes.day(view.customerId, day.day, { show: 'all', agent: view.agent })}
          className="text-sm underline"
        >
          All conversations of this agent
        </Link>
      </div>
      <p>
        <Mark tone={tone}>
          <span className="text-text">{day.cause}</span>
        </Mark>
      </p>
      {deciding && (
        <>
          {day.deciding.length < deciding.conversations && (
            <p className="text-muted text-sm">
              The first {formatNumber(day.deciding.length)} of {formatNumber(deciding.conversations)}; the CSV has more
              of them.
            </p>
          )}
          <DecidingTable view={view} day={day} />
        </>
      )}
    </section>
  );
}
