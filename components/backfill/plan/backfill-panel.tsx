'use client';

import { useRouter } from 'next/navigation';
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
import type { Backfill, BackfillRange } from './backfill-button';
import { toConfirm } from './confirmable';
import { PlanProgress } from './plan-progress';
import { sumsOf } from './plan-sums';
import type { Planned } from './use-plan';

/** What the backfill would do, and the button that starts it where nothing prevents it. */
export function BackfillPanel({ backfill, range }: { backfill: Backfill; range: BackfillRange }) {
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

function Verdict({ plan, planned, range }: { plan: RepairPlan; planned: Planned; range: BackfillRange }) {
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
