'use client';

import { useState } from 'react';
import { Field, Input } from '@/components/ui/field';
import { rangeName } from '@/components/ui/format';
import { askApproval, startBackfill } from '@/lib/backfill/control/actions';
import type { Plan, RepairPlan } from '@/lib/backfill/state/plan-model';
import { strategies } from '@/lib/backfill/state/strategies';
import { count } from '@/lib/words';
import { Confirm } from './confirm';
import { sumsOf } from './plan-sums';
import { StartForm } from './start-form';

const deedOf = (plan: Plan) => strategies[plan.strategy].action(sumsOf(plan));

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
          ? `${count(plan.rowsToDelete, 'label row')} would be deleted${plan.unapprovedRows > 0 ? `, besides ${count(plan.unapprovedRows, 'row')} of the last 24 hours that nobody approved` : ''}, which is above the threshold`
          : null
      }
      ask={(given) => askApproval({ ...requestOf(plan, onlyAffected), ...given })}
      form={(confirmed) => <Start {...planned} confirmed={confirmed} />}
    />
  );
}

function Start({ plan, onlyAffected, onChanged, confirmed }: Planned & { confirmed: string[] }) {
  const [typed, setTyped] = useState('');
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
          {rangeName(plan.fromDay, plan.toDay)} in {plan.timeZone}; {count(sumsOf(plan).days, 'day')} worked on, oldest
          first
        </dd>
        <dt className="text-muted">Labels</dt>
        <dd className="break-all font-mono text-xs leading-5">{plan.labelsTable}</dd>
        <dt className="text-muted">Until it ends</dt>
        <dd>{strategies[plan.strategy].meanwhile}</dd>
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
