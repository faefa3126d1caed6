'use client';

import dynamic from 'next/dynamic';
import Link from 'next/link';
import { WhyOf } from '@/components/detection/why';
import { reads, routes } from '@/components/routes';
import { ReasonText } from '@/components/tickets/reason-text';
import { useQueryStates } from '@/components/ui/address';
import { parseAsInteger, parseAsString } from '@/components/ui/address-parsers';
import { Badge, Mark } from '@/components/ui/badge';
import { ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy';
import { EventList } from '@/components/ui/event-list';
import { duration, rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { Freshness, LastKnown, type Live, useLive } from '@/components/ui/live';
import { LiveScreen } from '@/components/ui/live-screen';
import { ProgressLeft } from '@/components/ui/progress-left';
import { PageSkeleton } from '@/components/ui/states';
import { TabTitle, tabDays } from '@/components/ui/tab-title';
import { Elapsed, Instant } from '@/components/ui/time';
import type { ItemView, RunStatus, RunView } from '@/lib/backfill/state/model';
import type { StepName } from '@/lib/backfill/state/name-model';
import type { Result } from '@/lib/edge/model';
import { count, formatNumber } from '@/lib/words';
import { SkippedUnits } from '../plan/skipped-units';
import { RunActiveDays, useRunActiveDays } from './run-active-days';
import { RunGrid } from './run-grid';
import { RunNext } from './run-next';
import { runTitle, tabStateOf, undoneSentence, undoneWord } from './run-words';
import { isOver, statusOf } from './status';
import { ticketOf } from './ticket';
import { UnitPages } from './unit-pages';

// What reads for itself, or is below the first look, loads after the page.
const WatchRun = dynamic(() => import('@/components/notifications/watch-run').then((module) => module.WatchRun), {
  ssr: false,
});
const RunControls = dynamic(() => import('./run-controls').then((module) => module.RunControls));
const BackupsSection = dynamic(() => import('./backups-section').then((module) => module.BackupsSection), {
  ssr: false,
});
const StepDetail = dynamic(() => import('./step-detail').then((module) => module.StepDetail));

function stepInFocus(item: ItemView | undefined): StepName {
  const steps = item?.steps ?? [];
  const one = steps.find(({ status }) => status === 'running' || status === 'failed' || status === 'stopped');
  return one?.step ?? steps.findLast((step) => step.status === 'done')?.step ?? 'check';
}

/** How often a run is read. One that waits for a person, or is over, changes seldom. */
const pollMs: Partial<Record<RunStatus, number>> = {
  'needs attention': 5_000,
  verified: 15_000,
  cancelled: 15_000,
  closed: 15_000,
};

const inLog = { attempt: parseAsInteger, line: parseAsInteger };
const shownUnits = { unit: parseAsString, page: parseAsInteger };

/** In a hidden tab a run under way is read seldom, for the title of the tab, and any other not at all. */
function pollOf(run: RunView | undefined): number | false {
  if (document.hidden) return run && !isOver(run.status) ? 10_000 : false;
  return pollMs[run?.status ?? 'running'] ?? 1_000;
}

/** A run while it happens: units as rows, steps as columns. */
export function RunScreen({ runId, initial }: { runId: string; initial: Result<RunView> }) {
  const [wanted] = useQueryStates(shownUnits);
  const live = useLive<RunView>({
    url: reads.run(runId, wanted),
    initial,
    everyMs: (run) => pollOf(run),
    inBackground: true,
    staleMs: 500,
  });
  return (
    <LiveScreen
      live={live}
      what="The run could not be read"
      notFound="No such run"
      stillWorks="A run goes on whether or not this page can be read."
      skeleton={<PageSkeleton rows={4} />}
      wayOut={
        <Link href={routes.backfills()} className="underline">
          All runs
        </Link>
      }
    >
      {(run) => <Run run={run} live={live} />}
    </LiveScreen>
  );
}

function Run({ run, live }: { run: RunView; live: Live<RunView> }) {
  const [params, setParams] = useQueryStates({ ...shownUnits, step: parseAsString, ...inLog });
  const diff = useRunActiveDays(run);
  const item = run.focus ?? undefined;
  const step = (item?.steps.find((one) => one.step === params.step)?.step ?? stepInFocus(item)) as StepName;

  return (
    <>
      <TabTitle text={`${tabStateOf(run)}: ${run.customerId} ${tabDays(run.fromDay, run.toDay)}`} />
      <Heading
        title={
          <>
            <span>{runTitle(run)}</span>
            <Link href={routes.customer(run.customerId)} className="text-muted hover:text-text hover:underline">
              {run.customerId}
            </Link>
            <span>{rangeName(run.fromDay, run.toDay)}</span>
            <Badge tone={run.undone ? 'unknown' : statusOf(run).tone}>
              {run.undone ? undoneWord(run) : statusOf(run).word}
            </Badge>
          </>
        }
        verdict={<RunVerdict run={run} />}
        meta={
          <>
            <span>strategy {run.strategy}</span>
            <span>
              started <Instant ms={run.startedAtMs ?? run.createdAtMs} timeZone={run.timeZone} /> by {run.startedBy}
            </span>
            {run.approval && (
              <Link href={routes.approvals({ open: run.approval.id })} className="hover:underline">
                approved by {run.approval.decidedBy}
              </Link>
            )}
            {run.startedAtMs !== null && (
              <span>
                {run.endedAtMs !== null && 'took '}
                <Elapsed fromMs={run.startedAtMs} toMs={run.endedAtMs} />
                {run.endedAtMs === null && ' so far'}
              </span>
            )}
            {run.gapMs !== null && <span>{gapSentence(run.gapMs, run.gapOpen)}</span>}
            {run.campaignId && (
              <Link href={routes.campaign(run.campaignId)} className="hover:underline">
                part of a campaign
              </Link>
            )}
            {run.undoOf && (
              <Link href={routes.run(run.undoOf)} className="hover:underline">
                undoes an earlier run
              </Link>
            )}
            {run.reason && (
              <span className="max-w-md truncate">
                <ReasonText>{run.reason}</ReasonText>
              </span>
            )}
            <Freshness live={live} />
          </>
        }
        actions={
          <>
            {run.status === 'needs attention' && <RunControls run={run} onDone={live.refresh} />}
            <ButtonLink
              href={routes.activeDays({ customer: run.customerId, from: run.fromDay, to: run.toDay, run: run.id })}
            >
              Active Days before and after
            </ButtonLink>
            {run.unitsVerified > 0 && <ButtonLink href={routes.differences(run.id)}>What changed</ButtonLink>}
            <PlanTheRest run={run} />
            {run.canUndo && <ButtonLink href={routes.undo(run.id)}>Undo</ButtonLink>}
            <WatchRun run={run} />
            <CopyButton text={() => ticketOf(run, diff, window.location.href)}>Copy for the ticket</CopyButton>
            {run.status !== 'needs attention' && <RunControls run={run} onDone={live.refresh} />}
          </>
        }
      />
      <LastKnown lost={live.lost} className="flex flex-col gap-5">
        <RunNext run={run} item={item} />
        {run.why && <WhyOf origins={run.why} timeZone={run.timeZone} day={run.fromDay} />}
        <div className="flex flex-col gap-2">
          <RunGrid
            customerId={run.customerId}
            units={run.units}
            chosen={item?.unit ?? null}
            step={step}
            onChoose={(unit, chosen) => setParams({ unit, step: chosen, attempt: null, line: null })}
          />
          <UnitPages run={run} onTurn={(page) => setParams({ page })} />
          <SkippedUnits skipped={run.skipped} />
        </div>
        <div className="grid min-w-0 items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
          {item && <StepDetail run={run} item={item} step={step} />}
          <div className="flex min-w-0 flex-col gap-5">
            <RunActiveDays run={run} diff={diff} />
            <BackupsSection run={run.id} customer={run.customerId} growing={run.status === 'running'} />
            <Section title="What happened">
              <EventList events={run.events} timeZone={run.timeZone} />
            </Section>
          </div>
        </div>
      </LastKnown>
    </>
  );
}

/** A run that ended early can be planned again: days that were verified need nothing, so the plan is of the rest. */
function PlanTheRest({ run }: { run: RunView }) {
  const { customerId: customer, fromDay: from, toDay: to, strategy, unitChoice } = run;
  if (unitChoice === null || run.undone || (run.status !== 'cancelled' && run.status !== 'closed')) return null;
  return (
    <ButtonLink look="primary" href={routes.plan({ customer, from, to, strategy, units: unitChoice })}>
      Plan the rest
    </ButtonLink>
  );
}

const gapSentence = (gapMs: number, open: boolean) =>
  gapMs === 0 ? 'no gap: labels were never missing' : `longest gap ${duration(gapMs)}${open ? ' so far' : ''}`;

/** "17 conversations changed.", once that was compared. */
function Changed({ run }: { run: RunView }) {
  if (run.changed === null) return null;
  return (
    <Link href={routes.differences(run.id)} className="underline">
      {count(run.changed, 'conversation')} changed.
    </Link>
  );
}

function RunVerdict({ run }: { run: RunView }) {
  if (run.undone) {
    return (
      <Link href={routes.run(run.undone.runId)} className="underline">
        {undoneSentence(run.undone, run.timeZone)}
      </Link>
    );
  }
  if (run.status === 'verified') {
    return (
      <Mark tone="verified">
        <span className="text-text">
          {run.result} <Changed run={run} />
        </span>
      </Mark>
    );
  }
  if (run.status === 'needs attention') {
    return <Mark tone="attention">{run.next}</Mark>;
  }
  if (run.status === 'cancelled' || run.status === 'closed') {
    return (
      <span>
        {run.status === 'cancelled' ? 'Cancelled' : 'Closed'} after {formatNumber(run.unitsVerified)} of{' '}
        {count(run.unitsTotal, 'unit')} were verified. The repair is not complete.
      </span>
    );
  }
  return (
    <div className="flex max-w-xl flex-col gap-2">
      <Mark tone={statusOf(run).tone}>
        <span className="text-text">
          {formatNumber(run.unitsVerified)} of {count(run.unitsTotal, 'unit')} verified.
          {run.situation && <span className="text-attention"> {run.situation}</span>}
        </span>
      </Mark>
      {run.progress && <ProgressLeft label="Progress of the run" progress={run.progress} timeZone={run.timeZone} />}
    </div>
  );
}
