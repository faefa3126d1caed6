'use client';

import Link from 'next/link';
import { routes } from '@/components/routes';
import { useQueryState } from '@/components/ui/address';
import { parseAsString } from '@/components/ui/address-parsers';
import { Button } from '@/components/ui/button';
import { rangeName } from '@/components/ui/format';
import { Heading, Section } from '@/components/ui/heading';
import { PageSkeleton } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import { workedUnits } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { ConfirmUndo } from './confirm-undo';
import { PlanColumns, PreChecks } from './plan-parts';
import { PlanProgress } from './plan-progress';
import { sumsOf } from './plan-sums';
import { UndoUnits } from './undo-units';
import { usePlan } from './use-plan';

/** The preview of an undo of a run, or of one unit of it. */
export function UndoScreen({ runId }: { runId: string }) {
  const [unit, setUnit] = useQueryState('unit', parseAsString);
  const planned = usePlan({ kind: 'undo', runId, unit: unit ?? undefined });
  const { plan } = planned;
  const progress = (
    <PlanProgress page planned={planned} what="The undo could not be previewed">
      <Link href={routes.run(runId)} className="underline">
        Back to the run
      </Link>
    </PlanProgress>
  );
  if (!plan) {
    return (
      <>
        {progress}
        {planned.making && <PageSkeleton rows={3} />}
      </>
    );
  }
  return (
    <>
      <Heading
        title={
          <>
            <span>Undo of</span>
            <Link href={routes.run(runId)} className="text-muted hover:text-text hover:underline">
              the backfill of {plan.customerId}
            </Link>
            <span>{rangeName(plan.fromDay, plan.toDay)}</span>
          </>
        }
        verdict={
          workedUnits(plan).length === 0 ? (
            <span>There is nothing to undo. Every label stays as it is.</span>
          ) : (
            <span>{strategies[plan.strategy].summary(sumsOf(plan))}</span>
          )
        }
        meta={
          <>
            <span>Days in {plan.timeZone}</span>
            <span>
              previewed <Ago ms={plan.createdAtMs} />
            </span>
            {unit && (
              <button type="button" onClick={() => setUnit(null)} className="underline">
                undo the whole run instead
              </button>
            )}
          </>
        }
        actions={
          <Button disabled={planned.making} onClick={planned.again}>
            Preview again
          </Button>
        }
      />
      {progress}
      <PlanColumns
        making={planned.making}
        plan={
          <Section title="What will happen">
            <UndoUnits plan={plan} />
          </Section>
        }
      >
        <ConfirmUndo key={plan.hash} plan={plan} onChanged={planned.again} />
        <PreChecks checks={plan.checks} />
      </PlanColumns>
    </>
  );
}
