'use client';

import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { reads, routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { Section } from '@/components/ui/heading';
import { useLive } from '@/components/ui/live';
import type { ActiveDaysDiff } from '@/lib/active-days/model';
import type { RunView } from '@/lib/backfill/state/model';
import { count, formatNumber } from '@/lib/words';

const days = (value: number | null) => (value === null ? 'N/A' : formatNumber(value));

const rangeOf = (run: RunView) => ({ customer: run.customerId, from: run.fromDay, to: run.toDay, run: run.id });

/** Active Days before, expected and after the run, read again whenever a day of the run ends. Undefined until read. */
export function useRunActiveDays(run: RunView): ActiveDaysDiff | undefined {
  return useLive<ActiveDaysDiff>({
    url: reads.activeDays({ ...rangeOf(run), seen: `${run.status} ${run.unitsVerified}` }),
    enabled: run.startedAtMs !== null,
    staleMs: 60_000,
  }).data;
}

/** Whose Active Days the run changed: the answer that a ticket asks for. */
export function RunActiveDays({ run, diff }: { run: RunView; diff: ActiveDaysDiff | undefined }) {
  if (!diff) return null;
  const changed = diff.agents.filter((agent) => agent.verdict !== 'unchanged');
  return (
    <Section
      title="Active Days"
      aside={
        <Link href={routes.activeDays(rangeOf(run))} className="text-muted text-sm underline">
          all {count(diff.agents.length, 'agent')}
        </Link>
      }
    >
      <ul className="flex flex-col divide-y divide-line rounded-lg border border-line bg-surface text-sm">
        {changed.length === 0 && <li className="px-3 py-2 text-muted">No agent’s Active Days changed.</li>}
        {changed.slice(0, 6).map((agent) => (
          <li key={agent.agent} className="flex flex-wrap items-center gap-x-3 px-3 py-2">
            <span className="min-w-0 flex-1 truncate font-medium">{agent.agent || 'unassigned'}</span>
            <span className="inline-flex items-center gap-1 font-semibold">
              {days(agent.before)} <ArrowRight aria-label="to" className="size-3 text-muted" /> {days(agent.after)}
            </span>
            <Mark
              tone={
                run.strategy === 'undo'
                  ? 'neutral'
                  : agent.verdict === 'fixed'
                    ? 'verified'
                    : run.endedAtMs === null
                      ? 'waiting'
                      : 'attention'
              }
            >
              {agent.verdict !== 'fixed' && run.endedAtMs === null
                ? `expected ${days(agent.expected)}`
                : run.strategy === 'undo'
                  ? `the truth expects ${days(agent.expected)}`
                  : agent.verdict}
            </Mark>
          </li>
        ))}
      </ul>
    </Section>
  );
}
