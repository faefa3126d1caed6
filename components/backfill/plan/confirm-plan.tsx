'use client';

import { rangeName } from '@/components/ui/format';
import { askApproval, startBackfill } from '@/lib/backfill/control/actions';
import type { RepairPlan } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { count } from '@/lib/words';
import { Confirm } from './confirm';
import { sumsOf } from './plan-sums';

function whySecondPerson({ needsApproval, rowsToDelete, unapprovedRows }: RepairPlan): string | null {
  if (!needsApproval) return null;
  const rows = `This backfill needs a second person: it would delete ${count(rowsToDelete, 'label row')}`;
  return unapprovedRows > 0
    ? `${rows}. With the ${count(unapprovedRows, 'row')} of the last 24 hours that nobody approved, that is above the threshold.`
    : `${rows}, which is above the threshold.`;
}

/** The last questions before a backfill. */
export function ConfirmPlan({
  plan,
  onlyAffected,
  onChanged,
}: {
  plan: RepairPlan;
  onlyAffected: boolean;
  onChanged: () => void;
}) {
  const { customerId, fromDay, toDay, strategy, unitChoice, hash } = plan;
  const sums = sumsOf(plan);
  const request = {
    customerId,
    fromDay,
    toDay,
    strategy,
    units: unitChoice ?? undefined,
    onlyAffected,
    planHash: hash,
  };
  return (
    <Confirm
      plan={plan}
      kind="backfill"
      action={strategies[strategy].action(sums)}
      whySecondPerson={whySecondPerson(plan)}
      ask={(given) => askApproval({ ...request, ...given })}
      start={(given) => startBackfill({ ...request, ...given })}
      onChanged={onChanged}
      reason={{ optional: true, placeholder: 'CONVI-6242' }}
      typed={plan.needsApproval ? customerId : null}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
        <dt className="text-muted">Customer</dt>
        <dd className="font-medium">{customerId}, every profile</dd>
        <dt className="text-muted">Days</dt>
        <dd>
          {rangeName(fromDay, toDay)} in {plan.timeZone}; {count(sums.days, 'day')} to repair, oldest first
        </dd>
        <dt className="text-muted">Labels</dt>
        <dd className="break-all font-mono text-xs leading-5">{plan.labelsTable}</dd>
        <dt className="text-muted">Until it ends</dt>
        <dd>{strategies[strategy].meanwhile}</dd>
        <dt className="text-muted">Way back</dt>
        <dd>The label rows are backed up and counted before anything is changed. An undo brings them back.</dd>
      </dl>
    </Confirm>
  );
}
