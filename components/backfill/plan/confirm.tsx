'use client';

import { useState } from 'react';
import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { useRefusal } from '@/components/auth/person';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import type { Plan } from '@/lib/backfill/state/plan-model';
import type { Result } from '@/lib/edge/model';
import { agree, count } from '@/lib/words';
import { toConfirm } from './confirmable';

const words = {
  backfill: {
    plan: 'plan',
    start: 'Start the backfill',
    done: 'deleted',
    nothing: 'Every day of the range is skipped.',
  },
  undo: { plan: 'undo', start: 'Start the undo', done: 'restored', nothing: 'There is no day to undo.' },
};

/** What must be confirmed, the second person, and the button that says what it does and opens the last form. */
export function Confirm({
  plan,
  kind,
  deed,
  approvalBecause,
  ask,
  form,
}: {
  plan: Plan;
  kind: keyof typeof words;
  /** "Delete 1,204 label rows …". */
  deed: string;
  /** Why a second person is needed; null where none is. */
  approvalBecause: string | null;
  ask: (given: { reason: string; confirmed: string[] }) => Promise<Result<unknown>>;
  form: (confirmed: string[]) => React.ReactNode;
}) {
  const refusal = useRefusal('backfill.run');
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [open, setOpen] = useState(false);
  const approval = usePlanApproval(kind, plan.hash, approvalBecause !== null);
  const approved = approvalBecause === null || approval.data?.state === 'approved';
  const questions = toConfirm(plan);
  const missing = questions.filter((question) => !confirmed.includes(question.id)).length;
  const obstacle = refusal ?? obstacleOf(plan, kind, missing);
  const why =
    obstacle ?? (approved ? null : `It can be started once a second person approved exactly this ${words[kind].plan}.`);
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
      {approvalBecause !== null && (
        <PlanApproval
          why={`Needs approval by a second person because ${approvalBecause}.`}
          live={approval}
          blocked={obstacle}
          ask={(reason) => ask({ reason, confirmed })}
        />
      )}
      <Button look="danger" size="tall" disabled={why !== null} onClick={() => setOpen(true)}>
        {deed}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      <Dialog open={open} onOpenChange={setOpen} title={words[kind].start}>
        {form(confirmed)}
      </Dialog>
    </section>
  );
}

/** What stands in the way of a plan, whoever asks; null where nothing does. */
function obstacleOf(plan: Plan, kind: keyof typeof words, missing: number): string | null {
  const fails = plan.checks.filter((check) => check.verdict === 'fail').length;
  if (plan.days.every((day) => day.skip !== null)) return words[kind].nothing;
  if (fails > 0) {
    const first = agree(fails, 'it passes', 'they pass');
    return `${count(fails, 'pre-check fails', 'pre-checks fail')}; nothing can be ${words[kind].done} before ${first}.`;
  }
  return missing > 0 ? `Confirm ${count(missing, 'more point')} above.` : null;
}
