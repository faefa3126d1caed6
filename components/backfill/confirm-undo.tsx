'use client';

import { useRouter } from 'next/navigation';
import { useState, useTransition } from 'react';
import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Textarea } from '@/components/ui/field';
import { counted } from '@/components/ui/format';
import { FailedLine } from '@/components/ui/states';
import { askUndo, startUndo } from '@/lib/backfill/actions';
import type { Plan } from '@/lib/backfill/model';
import type { Failure } from '@/lib/server/model';
import { toConfirm } from './confirmable';

const requestOf = ({ undoOf, hash }: Plan) => ({
  runId: undoOf?.runId ?? '',
  day: undoOf?.day ?? undefined,
  planHash: hash,
});

const deedOf = (plan: Plan) =>
  `Restore ${counted(
    plan.days.reduce((sum, day) => sum + (day.skip ? 0 : (day.undo?.rows ?? 0)), 0),
    'label row',
  )} of ${counted(plan.days.filter((day) => !day.skip).length, 'day')}`;

/** What must be confirmed, the second person, and the button that says what it does. */
export function ConfirmUndo({ plan, onChanged }: { plan: Plan; onChanged: () => void }) {
  const refusal = useRefusal('backfill.run');
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [open, setOpen] = useState(false);
  const approval = usePlanApproval('undo', plan.hash, true);
  const questions = toConfirm(plan);
  const missing = questions.filter((question) => !confirmed.includes(question.id)).length;
  const fails = plan.checks.filter((check) => check.verdict === 'fail').length;
  const obstacle =
    refusal ??
    (plan.days.every((day) => day.skip !== null)
      ? 'There is no day to undo.'
      : fails > 0
        ? `${counted(fails, 'pre-check fails', 'pre-checks fail')}; nothing can be restored before.`
        : missing > 0
          ? `Confirm ${counted(missing, 'more point')} above.`
          : null);
  const approved = approval.data?.state === 'approved';
  const why = obstacle ?? (approved ? null : 'It can be started once a second person approved exactly this undo.');
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
      <PlanApproval
        because="an undo brings back labels that differ from the truth"
        live={approval}
        blocked={obstacle}
        ask={(reason) => askUndo({ ...requestOf(plan), reason, confirmed })}
      />
      <Button look="danger" size="tall" disabled={why !== null} onClick={() => setOpen(true)}>
        {deedOf(plan)}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      <Dialog open={open} onOpenChange={setOpen} title="Start the undo">
        <UndoForm plan={plan} confirmed={confirmed} onChanged={onChanged} />
      </Dialog>
    </section>
  );
}

function UndoForm({ plan, confirmed, onChanged }: { plan: Plan; confirmed: string[]; onChanged: () => void }) {
  const router = useRouter();
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  function submit(event: React.FormEvent) {
    event.preventDefault();
    startTransition(async () => {
      const result = await startUndo({ ...requestOf(plan), reason, confirmed });
      if (result.ok) router.push(routes.run(result.data.runId));
      else setFailure(result.error);
    });
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm">
        The labels that are there now are backed up, deleted, and the former ones brought back and compared column by
        column. In between they are missing; the gap is measured and shown. A run that waits for a decision is closed by
        this.
      </p>
      <Field htmlFor="undo-reason" label="Reason, for the audit" error={failure?.fields?.reason}>
        <Textarea
          id="undo-reason"
          required
          minLength={3}
          rows={2}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </Field>
      {failure && (
        <div className="flex flex-col items-start gap-2">
          <FailedLine failure={failure} />
          <Button size="sm" onClick={onChanged}>
            Preview again
          </Button>
        </div>
      )}
      <Button type="submit" look="danger" size="tall" disabled={pending || reason.trim().length < 3}>
        {pending ? 'Starting' : deedOf(plan)}
      </Button>
    </form>
  );
}
