'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Textarea } from '@/components/ui/field';
import { count, counted, rangeName } from '@/components/ui/format';
import { FailedLine } from '@/components/ui/states';
import { askApproval, startBackfill } from '@/lib/backfill/actions';
import type { Plan, RepairPlan } from '@/lib/backfill/model';
import type { Failure } from '@/lib/server/model';
import { toConfirm } from './confirmable';
import { sum } from './plan-sums';

/** "Delete 1,204 label rows and relabel 1,204 conversations; 17 will change". */
function deedOf(plan: Plan): string {
  const relabel = counted(sum(plan, 'conversationsToRelabel'), 'conversation');
  const change = `${count(sum(plan, 'conversationsThatChange'))} will change`;
  if (plan.strategy === 'no-gap')
    return `Relabel ${relabel}, then delete ${counted(plan.rowsToDelete, 'wrong label row')}; ${change}`;
  if (plan.rowsToDelete === 0) return `Relabel ${relabel}; ${change}`;
  return `Delete ${counted(plan.rowsToDelete, 'label row')} and relabel ${relabel}; ${change}`;
}

/** Why, what must be confirmed, and the button that says what it does. */
export function ConfirmPlan({
  plan,
  onlyAffected,
  onChanged,
}: {
  plan: RepairPlan;
  onlyAffected: boolean;
  onChanged: () => void;
}) {
  const refusal = useRefusal('backfill.run');
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [open, setOpen] = useState(false);
  const approval = usePlanApproval('backfill', plan.hash, plan.needsApproval);
  const approved = !plan.needsApproval || approval.data?.state === 'approved';
  const questions = toConfirm(plan);
  const fails = plan.checks.filter((check) => check.verdict === 'fail').length;
  const missing = questions.filter((question) => !confirmed.includes(question.id)).length;
  const nothing = plan.days.every((day) => day.skip !== null);
  const obstacle =
    refusal ??
    (nothing
      ? 'Every day of the range is skipped.'
      : fails > 0
        ? `${counted(fails, 'pre-check fails', 'pre-checks fail')}; nothing can be deleted before ${fails === 1 ? 'it passes' : 'they pass'}.`
        : missing > 0
          ? `Confirm ${counted(missing, 'more point')} above.`
          : null);
  const why = obstacle ?? (approved ? null : 'It can be started once a second person approved exactly this plan.');

  return (
    <section aria-label="Confirm" className="flex flex-col gap-3">
      {questions.map((question) => (
        <label
          key={question.id}
          className="flex items-start gap-2.5 rounded-lg border border-line bg-surface p-3 text-sm"
        >
          <input
            type="checkbox"
            className="mt-0.5 accent-accent"
            checked={confirmed.includes(question.id)}
            onChange={(event) =>
              setConfirmed(
                event.target.checked ? [...confirmed, question.id] : confirmed.filter((id) => id !== question.id),
              )
            }
          />
          <span>{question.sentence}</span>
        </label>
      ))}
      {plan.needsApproval && (
        <PlanApproval
          because={`${counted(plan.rowsToDelete, 'label row')} would be deleted, which is above the threshold`}
          live={approval}
          blocked={obstacle}
          ask={(reason) => askApproval({ ...requestOf(plan, onlyAffected), reason, confirmed })}
        />
      )}
      <Button look="danger" size="tall" disabled={why !== null} onClick={() => setOpen(true)}>
        {deedOf(plan)}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      <Dialog open={open} onOpenChange={setOpen} title="Start the backfill">
        <StartForm plan={plan} onlyAffected={onlyAffected} confirmed={confirmed} onChanged={onChanged} />
      </Dialog>
    </section>
  );
}

const requestOf = ({ customerId, fromDay, toDay, strategy, hash }: RepairPlan, onlyAffected: boolean) => ({
  customerId,
  fromDay,
  toDay,
  strategy,
  onlyAffected,
  planHash: hash,
});

function StartForm({
  plan,
  onlyAffected,
  confirmed,
  onChanged,
}: {
  plan: RepairPlan;
  onlyAffected: boolean;
  confirmed: string[];
  onChanged: () => void;
}) {
  const router = useRouter();
  const [reason, setReason] = useState('');
  const [typed, setTyped] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  const worked = plan.days.filter((day) => !day.skip).length;

  function submit(event: React.FormEvent) {
    event.preventDefault();
    startTransition(async () => {
      const result = await startBackfill({ ...requestOf(plan, onlyAffected), reason, confirmed });
      if (result.ok) router.push(routes.run(result.data.runId));
      else setFailure(result.error);
    });
  }

  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-sm">
        <dt className="text-muted">Customer</dt>
        <dd className="font-medium">{plan.customerId}, every profile</dd>
        <dt className="text-muted">Days</dt>
        <dd>
          {rangeName(plan.fromDay, plan.toDay)} in {plan.timeZone}; {counted(worked, 'day')} worked on, oldest first
        </dd>
        <dt className="text-muted">Labels</dt>
        <dd className="break-all font-mono text-xs leading-5">{plan.labelsTable}</dd>
        <dt className="text-muted">Until it ends</dt>
        <dd>
          {plan.strategy === 'replace'
            ? 'Labels of the day that is being worked on are missing; the gap is measured and shown.'
            : plan.strategy === 'no-gap'
              ? 'No label is missing. Until the wrong rows are deleted, an agent may show a day too many.'
              : 'Labels stay readable.'}
        </dd>
        <dt className="text-muted">Way back</dt>
        <dd>The label rows are backed up and counted before anything is changed; an undo brings them back.</dd>
      </dl>
      <Field htmlFor="backfill-reason" label="Reason, for the audit" error={failure?.fields?.reason}>
        <Textarea
          id="backfill-reason"
          rows={2}
          placeholder="CONVI-6242"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {plan.needsApproval && (
        <Field htmlFor="backfill-customer" label={`Write the customer’s id, ${plan.customerId}`}>
          <Input
            id="backfill-customer"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
      )}
      {failure && (
        <div className="flex flex-col items-start gap-2">
          <FailedLine failure={failure} />
          <Button size="sm" onClick={onChanged}>
            Preview again
          </Button>
        </div>
      )}
      <Button
        type="submit"
        look="danger"
        size="tall"
        disabled={pending || (plan.needsApproval && typed !== plan.customerId)}
      >
        {pending ? 'Starting' : deedOf(plan)}
      </Button>
    </form>
  );
}
