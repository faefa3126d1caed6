'use client';

import { useState } from 'react';
import { Field, Input } from '@/components/ui/field';
import { rangeName } from '@/components/ui/format';
import { askApproval, startBackfill } from '@/lib/backfill/control/actions';
import type { Plan, RepairPlan } from '@/lib/backfill/state/model';
import { count, formatNumber } from '@/lib/words';
import { Confirm } from './confirm';
import { sum } from './plan-sums';
import { StartForm } from './start-form';

/** "Delete 1,204 label rows and relabel 1,204 conversations; 17 will change". */
function deedOf(plan: Plan): string {
  const relabel = count(sum(plan, 'conversationsToRelabel'), 'conversation');
  const change = `${formatNumber(sum(plan, 'conversationsThatChange'))} will change`;
  if (plan.strategy === 'no-gap')
    return `Relabel ${relabel}, then delete at most ${count(plan.rowsToDelete, 'wrong label row')}; ${change}`;
  if (plan.rowsToDelete === 0) return `Relabel ${relabel}; ${change}`;
  return `Delete ${count(plan.rowsToDelete, 'label row')} and relabel ${relabel}; ${change}`;
}

const requestOf = ({ customerId, fromDay, toDay, strategy, hash }: RepairPlan, onlyAffected: boolean) => ({
  customerId,
  fromDay,
  toDay,
  strategy,
  onlyAffected,
  planHash: hash,
});

type Planned = { plan: RepairPlan; onlyAffected: boolean; onChanged: () => void };

/** The last questions before a backfill. */
export function ConfirmPlan(planned: Planned) {
  const { plan, onlyAffected } = planned;
  return (
    <Confirm
      plan={plan}
      kind="backfill"
      deed={deedOf(plan)}
      approvalBecause={
        plan.needsApproval
          ? `${count(plan.rowsToDelete, 'label row')} would be deleted${plan.unapprovedRows ? `, besides ${count(plan.unapprovedRows, 'row')} of the last 24 hours that nobody approved` : ''}, which is above the threshold`
          : null
      }
      ask={(given) => askApproval({ ...requestOf(plan, onlyAffected), ...given })}
      form={(confirmed) => <Start {...planned} confirmed={confirmed} />}
    />
  );
}

function Start({ plan, onlyAffected, onChanged, confirmed }: Planned & { confirmed: string[] }) {
  const [typed, setTyped] = useState('');
  const worked = plan.days.filter((day) => !day.skip).length;
  return (
    <StartForm
      optional
      placeholder="CONVI-6242"
      deed={deedOf(plan)}
      disabled={plan.needsApproval && typed !== plan.customerId}
      start={(reason) => startBackfill({ ...requestOf(plan, onlyAffected), reason, confirmed })}
      onChanged={onChanged}
    >
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
        <dt className="text-muted">Customer</dt>
        <dd className="font-medium">{plan.customerId}, every profile</dd>
        <dt className="text-muted">Days</dt>
        <dd>
          {rangeName(plan.fromDay, plan.toDay)} in {plan.timeZone}; {count(worked, 'day')} worked on, oldest first
        </dd>
        <dt className="text-muted">Labels</dt>
        <dd className="break-all font-mono text-xs leading-5">{plan.labelsTable}</dd>
        <dt className="text-muted">Until it ends</dt>
        <dd>
          {plan.strategy === 'replace'
            ? 'Labels of the day that is being worked on are missing; the gap is measured and shown.'
            : plan.strategy === 'no-gap'
              ? 'No label is missing. Until the wrong rows are deleted, an agent may show one day too many.'
              : 'Labels stay readable.'}
        </dd>
        <dt className="text-muted">Way back</dt>
        <dd>The label rows are backed up and counted before anything is changed; an undo brings them back.</dd>
      </dl>
      {plan.needsApproval && (
        <Field htmlFor="backfill-customer" label={`Type ${plan.customerId} to confirm`}>
          <Input
            id="backfill-customer"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
    </StartForm>
  );
}
