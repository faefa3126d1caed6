'use client';

import { Download } from 'lucide-react';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useCallback, useMemo } from 'react';
import { useCustomers } from '@/components/customers/use-customers';
import { reads, routes } from '@/components/routes';
import { useQueryStates } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { cn } from '@/components/ui/cn';
import { CopyButton } from '@/components/ui/copy';
import { Dialog } from '@/components/ui/dialog';
import { Input, Select } from '@/components/ui/field';
import { rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, useLive } from '@/components/ui/live';
import { RangePicker } from '@/components/ui/range-picker';
import { Empty, Failed, PageSkeleton, Skeleton } from '@/components/ui/states';
import type { ActiveDaysDiff, SnapshotRun } from '@/lib/active-days/model';
import { shiftDay } from '@/lib/day-text';
import { visible } from '@/lib/text';
import { count, formatNumber } from '@/lib/words';
import { AgentsTable } from './agents-table';
import { CustomerChoice } from './customer-choice';
import { Compared, DiffVerdict, Meaning, Totals, VerdictFilter } from './diff-parts';
import { MomentsChoice } from './moments';
import { NoRange } from './no-range';
import { differs, permalink, ticketOf } from './ticket';
import { verdictsOf } from './verdicts';

const AgentPanel = dynamic(() => import('./agent-panel').then((module) => module.AgentPanel), {
  ssr: false,
  loading: () => <Skeleton className="h-64" />,
});
const Dumbbell = dynamic(() => import('./dumbbell').then((module) => module.Dumbbell), {
  ssr: false,
  loading: () => <Skeleton className="h-72" />,
});

const params = {
  customer: parseAsString,
  from: parseAsString,
  to: parseAsString,
  run: parseAsString,
  before: parseAsString,
  after: parseAsString,
  useCase: parseAsString,
  verdict: parseAsString,
  q: parseAsString.withDefault(''),
  agent: parseAsString,
  day: parseAsString,
};
const chartAgents = 24;

/** Active Days of each agent: before, expected and after. */
export function ActiveDaysScreen() {
  const [state, setState] = useQueryStates(params);
  const overviews = useCustomers({ staleMs: 30_000 });
  const customer =
    state.customer ?? overviews.data?.find((one) => one.affected > 0)?.customerId ?? overviews.data?.[0]?.customerId;
  const runs = useLive<SnapshotRun[]>({
    url: reads.snapshotRuns({ customer: customer ?? '' }),
    enabled: customer !== undefined,
    staleMs: 30_000,
  });
  const overview = overviews.data?.find((one) => one.customerId === customer);
  const to = state.to ?? (overview?.newestDay ? shiftDay(overview.newestDay, 1) : null);
  const from = state.from ?? (to ? shiftDay(to, -30) : null);
  const query = {
    customer,
    from,
    to,
    run: state.run,
    before: state.before,
    after: state.after,
    useCase: state.useCase,
  };
  const live = useLive<ActiveDaysDiff>({
    url: reads.activeDays(query),
    enabled: Boolean(customer && from && to),
    everyMs: 60_000,
  });
  const diff = live.data;
  const shown = useMemo(() => filter(diff, state.verdict, state.q), [diff, state.verdict, state.q]);
  const changed = shown.filter(differs);
  const open = useCallback((agent: string) => setState({ agent, day: null }, { history: 'push' }), [setState]);
  const useCases = diff?.useCases ?? [];

  if (overviews.data?.length === 0) {
    return (
      <>
        <Heading title="Active Days" />
        <Empty title="No customer is registered yet">
          <Link href={routes.customers()} className="underline">
            Add one
          </Link>
        </Empty>
      </>
    );
  }
  const failure = live.failure ?? (overviews.data ? null : overviews.failure);
  return (
    <>
      <Heading
        title={
          <>
            <span>Active Days</span>
            {customer && (
              <Link href={routes.customer(customer)} className="text-muted hover:text-text hover:underline">
                {customer}
              </Link>
            )}
            {from && to && <span>{rangeName(from, to)}</span>}
          </>
        }
        verdict={diff && <DiffVerdict diff={diff} />}
        meta={
          diff && (
            <>
              <span>Days in {diff.timeZone}</span>
              <Compared diff={diff} />
              <Freshness live={live} />
            </>
          )
        }
        actions={
          diff && (
            <>
              <a
                href={reads.activeDaysCsv({ ...query, verdict: null })}
                download
                className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 font-medium text-sm hover:bg-raised"
              >
                <Download aria-hidden className="size-3.5" />
                CSV
              </a>
              <CopyButton text={() => ticketOf(diff, permalink(query))}>Copy for the ticket</CopyButton>
            </>
          )
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <CustomerChoice
          value={customer ?? ''}
          customers={overviews.data ?? []}
          onChange={(next) => setState({ ...none, customer: next, from: null, to: null, useCase: null })}
        />
        {from && to && (
          <RangePicker
            fromDay={from}
            toDay={to}
            onChange={(first, end) => setState({ ...none, from: first, to: end })}
          />
        )}
        {customer && (
          <MomentsChoice
            value={state}
            runs={runs.data ?? []}
            timeZone={diff?.timeZone ?? 'UTC'}
            onChange={(change) => setState(change)}
          />
        )}
        <Select
          aria-label="Filter by use case"
          value={state.useCase ?? ''}
          onChange={(event) => setState({ useCase: event.target.value || null })}
        >
          <option value="">Any use case</option>
          {state.useCase && !useCases.includes(state.useCase) && <option>{state.useCase}</option>}
          {useCases.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </Select>
        <Input
          data-search
          type="search"
          aria-label="Search agents"
          placeholder="Agent  /"
          value={state.q}
          onChange={(event) => setState({ q: event.target.value || null })}
          className="w-48 max-sm:w-full"
        />
        {diff && <VerdictFilter diff={diff} value={state.verdict} onChange={(verdict) => setState({ verdict })} />}
      </div>
      {failure && (
        <Failed
          what="Active Days could not be counted"
          failure={failure}
          retry={live.failure ? live : overviews}
          stillWorks="The stored results of scans and runs can still be read."
        />
      )}
      {!diff &&
        !failure &&
        (overviews.data && !(from && to) ? (
          <NoRange customer={customer} known={overview !== undefined} />
        ) : (
          <PageSkeleton rows={8} />
        ))}
      {diff && (
        <LastKnown lost={live.lost || live.fetching} className="flex flex-col gap-5">
          <Totals diff={diff} />
          <Meaning diff={diff} />
          {shown.length === 0 ? (
            <Empty title={diff.agents.length === 0 ? 'No agent has conversations in this range' : 'No agent matches'} />
          ) : (
            <div className={cn('grid min-w-0 items-start gap-6', changed.length > 0 && 'xl:grid-cols-2')}>
              <Section title={count(shown.length, 'agent')}>
                <AgentsTable agents={shown} compared={diff.compared !== null} onOpen={open} />
              </Section>
              {changed.length > 0 && (
                <Section
                  title={diff.compared ? 'Before, expected and after' : 'Labels and truth'}
                  aside={
                    <span className="text-muted text-xs">
                      {changed.length > chartAgents
                        ? `the first ${chartAgents} of ${formatNumber(changed.length)} agents that differ`
                        : 'agents that differ'}
                    </span>
                  }
                >
                  <Dumbbell agents={changed.slice(0, chartAgents)} compared={diff.compared !== null} />
                </Section>
              )}
            </div>
          )}
        </LastKnown>
      )}
      <Dialog
        kind="panel"
        open={state.agent !== null}
        onOpenChange={(opened) => !opened && setState({ agent: null, day: null })}
        title={`Active Days of ${visible(state.agent ?? '')}`}
        description={
          from && to
            ? `${customer}, ${rangeName(from, to)}${state.useCase ? `, use case ${visible(state.useCase)}` : ''}; times in ${diff?.timeZone ?? 'its time zone'}.`
            : undefined
        }
      >
        {state.agent !== null && from && to && (
          <AgentPanel query={{ ...query, agent: state.agent }} day={state.day} onDay={(day) => setState({ day })} />
        )}
      </Dialog>
    </>
  );
}

/** No run and no moments. Those of another range or customer would not be of these days. */
const none = { run: null, before: null, after: null, agent: null, day: null };

function filter(diff: ActiveDaysDiff | undefined, verdict: string | null, text: string) {
  const needle = text.trim().toLowerCase();
  const known = diff && verdictsOf(diff.compared !== null).some((one) => one === verdict);
  return (diff?.agents ?? []).filter(
    (agent) => (!known || agent.verdict === verdict) && agent.agent.toLowerCase().includes(needle),
  );
}
