'use client';

import { ArrowUpRight } from 'lucide-react';
import Link from 'next/link';
import { WhyOfDay } from '@/components/detection/why';
import { routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { dayName, instantIn } from '@/components/ui/format';
import { Section } from '@/components/ui/heading';
import { Ago, Instant } from '@/components/ui/time';
import { isOpen } from '@/lib/findings/history/model';
import type { FindingView } from '@/lib/findings/model';
import { agree, count, formatNumber } from '@/lib/words';
import { Clocks } from './clocks';
import { DayHistory } from './day-history';
import { FellBack } from './finding-columns';
import { Manage } from './manage';
import { Relooks } from './relooks';
import { causesInWords, stateTones } from './words';

/** All about a finding: what, since when, what was done, by whom, and who looks after it. */
export function FindingDetail({
  finding,
  onChanged,
  linked = false,
}: {
  finding: FindingView;
  onChanged: () => void;
  /** With a link to the page of this finding. */
  linked?: boolean;
}) {
  const { customerId, day, timeZone, state, mutedUntilMs } = finding;
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-col gap-2">
        {linked && (
          <p className="font-semibold text-base">
            {finding.displayName} <span className="font-normal text-muted">{dayName(day)}</span>
          </p>
        )}
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={stateTones[state]}>{state}</Badge>
          {mutedUntilMs !== null && (
            <Badge tone="waiting">muted until {dayName(instantIn(mutedUntilMs, timeZone).day, false)}</Badge>
          )}
          <FellBack times={finding.timesFallenBack} />
        </p>
        <p>{whatIsWrong(finding)}</p>
        {isOpen(state) && (
          <WhyOfDay
            customerId={customerId}
            timeZone={timeZone}
            day={{ day, affected: finding.affected, asOfMs: finding.lookedAtMs ?? finding.lastSeenAtMs }}
          />
        )}
        <p className="flex flex-wrap gap-2">
          <ButtonLink size="sm" href={routes.day(customerId, day)}>
            Conversations of the day
          </ButtonLink>
          <ButtonLink size="sm" href={routes.audit({ customer: customerId, day })}>
            Audit
          </ButtonLink>
          {linked && (
            <ButtonLink size="sm" look="ghost" href={routes.finding(finding.id)}>
              As a page
              <ArrowUpRight aria-hidden className="size-3.5" />
            </ButtonLink>
          )}
        </p>
      </div>
      <Clocks finding={finding} />
      <Section title="What was done">
        <Events finding={finding} />
      </Section>
      <Relooks finding={finding} />
      <Manage key={finding.id} finding={finding} onChanged={onChanged} />
      <DayHistory finding={finding} />
    </div>
  );
}

function whatIsWrong(finding: FindingView): React.ReactNode {
  const { affected, conversations, atLeast, state, worstAffected, worstFlags, flags, timeZone } = finding;
  if (!isOpen(state))
    return (
      <>
        No conversation of the day was affected any more on{' '}
        <Instant ms={finding.resolvedAtMs ?? finding.repairedAtMs ?? finding.lastSeenAtMs} timeZone={timeZone} />. At
        its worst {agree(worstAffected, 'it was', 'they were')}{' '}
        <span className="font-semibold">{formatNumber(worstAffected)}</span>: {causesInWords(worstFlags)}.
        {finding.newerId && (
          <>
            {' '}
            The day was wrong again after that:{' '}
            <Link href={routes.finding(finding.newerId)} className="underline">
              its newest finding
            </Link>
            .
          </>
        )}
      </>
    );
  const of = conversations >= affected ? `of ${count(conversations, 'conversation')}` : '';
  return (
    <>
      <span className="font-semibold">
        {atLeast && 'At least '}
        {formatNumber(affected)} {of}
      </span>{' '}
      {agree(affected, 'is', 'are')} affected: {causesInWords(flags)}
      {worstAffected > affected && `; ${formatNumber(worstAffected)} at its worst`}. Looked at last{' '}
      <Instant ms={finding.lookedAtMs ?? finding.lastSeenAtMs} timeZone={timeZone} />.
    </>
  );
}

function Events({ finding }: { finding: FindingView }) {
  const { events, runs, timeZone } = finding;
  const named = new Set(events.map(({ runId }) => runId));
  const others = runs.filter(({ id }) => !named.has(id));
  return (
    <>
      <ol className="flex flex-col gap-2.5 border-line border-l pl-4 text-sm">
        {events.toReversed().map((event) => (
          <li key={event.id} className="flex flex-col">
            <span className="[overflow-wrap:anywhere]">{event.text}</span>
            <span className="flex flex-wrap gap-x-3 text-muted text-xs">
              <Instant ms={event.atMs} timeZone={timeZone} />
              <span>by {event.actor}</span>
              {event.runId && <RunLink runId={event.runId} runs={runs} />}
            </span>
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <p className="text-muted text-sm">
          Also a run over this day:{' '}
          {others.map(({ id, status, createdAtMs }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link href={routes.run(id)} className="underline">
                {status}
              </Link>{' '}
              <Ago ms={createdAtMs} />
            </span>
          ))}
          .
        </p>
      )}
    </>
  );
}

function RunLink({ runId, runs }: { runId: string; runs: FindingView['runs'] }) {
  const run = runs.find(({ id }) => id === runId);
  return (
    <Link href={routes.run(runId)} className="underline">
      {run ? `the run that ${run.startedBy} started` : 'the run'}
    </Link>
  );
}
