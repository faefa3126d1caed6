'use client';

import { Zap } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Mark } from '@/components/ui/badge';
import { Button, ButtonLink } from '@/components/ui/button';
import { useChange } from '@/components/ui/change';
import { duration } from '@/components/ui/format';
import { FailedLine } from '@/components/ui/states';
import { startBackfill } from '@/lib/backfill/control/actions';
import { isRepair, type RepairPlan, workedUnits } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { agree, count } from '@/lib/words';
import { toConfirm } from './confirmable';
import { PlanProgress } from './plan-progress';
import { sumsOf } from './plan-sums';
import { type Planned, usePlan } from './use-plan';

/** A page that is left sooner makes no preview. */
const dwellMs = 1_000;

type Range = { customer: string; from: string; to: string };

/**
 * The preview of a range, made ahead once the page has been looked at for a moment. Ends when the page is left before
 * it is ready.
 */
export function useBackfill({ customer, from, to }: Range, isWanted: boolean) {
  const refusal = useRefusal('backfill.plan');
  const [open, setOpen] = useState(false);
  const [stayed, setStayed] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setStayed(true), dwellMs);
    return () => clearTimeout(timer);
  }, []);
  const isOffered = refusal === null && isWanted;
  const planned = usePlan(
    isOffered && (open || stayed)
      ? { kind: 'backfill', customerId: customer, fromDay: from, toDay: to, onlyAffected: true, recount: false }
      : null,
  );
  const leaving = useRef(planned);
  leaving.current = planned;
  useEffect(() => () => void (leaving.current.making && leaving.current.cancel()), []);
  return { isOffered, open, setOpen, planned };
}

export type Backfill = ReturnType<typeof useBackfill>;

/** "Backfill day": opens the verdict of the preview on the page. */
export function BackfillButton({ backfill, children }: { backfill: Backfill; children: React.ReactNode }) {
  if (!backfill.isOffered) return null;
  return (
    <Button look="primary" aria-expanded={backfill.open} onClick={() => backfill.setOpen(!backfill.open)}>
      <Zap aria-hidden className="size-3.5" />
      {children}
    </Button>
  );
}

/** What the backfill would do, and the button that starts it where nothing prevents it. */
export function BackfillPanel({ backfill, range }: { backfill: Backfill; range: Range }) {
  if (!backfill.isOffered || !backfill.open) return null;
  const { planned } = backfill;
  const plan = planned.plan && isRepair(planned.plan) ? planned.plan : undefined;
  return (
    <section aria-label="Backfill" className="flex flex-col gap-3 rounded-lg border border-accent bg-surface p-4">
      <PlanProgress planned={planned} what="The preview could not be made">
        <ButtonLink href={routes.plan(range)}>Open the preview</ButtonLink>
      </PlanProgress>
      {!plan && planned.making && <p className="text-muted">Looking at what a backfill would do.</p>}
      {plan && <Verdict plan={plan} planned={planned} range={range} />}
    </section>
  );
}

function Verdict({ plan, planned, range }: { plan: RepairPlan; planned: Planned; range: Range }) {
  const router = useRouter();
  const refusal = useRefusal('backfill.run');
  const { change, pending, failure } = useChange();
  const sums = sumsOf(plan);
  const whole = <ButtonLink href={routes.plan(range)}>Open the whole preview</ButtonLink>;
  if (sums.days === 0)
    return (
      <div className="flex flex-wrap items-center gap-3">
        <Mark tone="verified">No day needs a repair any more.</Mark>
        {whole}
      </div>
    );
  const obstacle = refusal ?? obstacleOf(plan);
  const { customerId, fromDay, toDay, strategy, unitChoice, hash } = plan;
  const start = () =>
    startBackfill({
      customerId,
      fromDay,
      toDay,
      strategy,
      units: unitChoice ?? undefined,
      onlyAffected: true,
      planHash: hash,
      reason: '',
      confirmed: [],
    });
  return (
    <>
      <p>
        <strong className="font-semibold">{count(sums.conversationsThatChange, 'conversation')}</strong> will change:{' '}
        {strategies[strategy].summary(sums)}
      </p>
      <p className="text-muted text-sm">
        {plan.recommended?.sentence} {count(workedUnits(plan).length, 'unit')}, about{' '}
        {duration(plan.expectedSeconds * 1_000)}. {strategies[strategy].meanwhile}
      </p>
      <p className="text-sm">
        {obstacle === null ? (
          <Mark tone="verified">
            All {count(plan.checks.length, 'pre-check')} pass. The labels are backed up first.
          </Mark>
        ) : (
          <Mark tone="unknown">{obstacle}</Mark>
        )}
      </p>
      {failure && <FailedLine failure={failure} />}
      <div className="flex flex-wrap gap-3">
        {obstacle === null && (
          <Button
            look="danger"
            disabled={pending || planned.making}
            onClick={() => change(start, ({ runId }) => router.push(routes.run(runId)), planned.again)}
          >
            {pending ? 'Starting' : strategies[strategy].action(sums)}
          </Button>
        )}
        {whole}
      </div>
    </>
  );
}

/** Why this takes more than a click; null where it does not. */
function obstacleOf(plan: RepairPlan): string | null {
  const fails = plan.checks.filter(({ verdict }) => verdict === 'fail').length;
  if (fails > 0) return `${count(fails, 'pre-check fails', 'pre-checks fail')}; the preview says what to do.`;
  if (plan.needsApproval) return 'A second person must approve it: ask in the preview.';
  const open = toConfirm(plan).length;
  return open > 0 ? `${count(open, 'point')} ${agree(open, 'is', 'are')} to be confirmed in the preview.` : null;
}
