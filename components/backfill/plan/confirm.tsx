'use client';

import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { PlanApproval, usePlanApproval } from '@/components/approvals/plan-approval';
import { useRefusal } from '@/components/auth/person';
import { routes } from '@/components/routes';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { ReasonForm } from '@/components/ui/reason-form';
import type { ApprovalView } from '@/lib/approvals/model';
import { approvalSentence } from '@/lib/approvals/state-model';
import { type Plan, workedUnits } from '@/lib/backfill/state/plan-model';
import type { Result } from '@/lib/edge/model';
import { agree, count } from '@/lib/words';
import { toConfirm } from './confirmable';

const words = {
  backfill: {
    plan: 'plan',
    start: 'Start the backfill',
    done: 'deleted',
    nothing: 'No day of the range needs a repair.',
  },
  undo: { plan: 'undo', start: 'Start the undo', done: 'restored', nothing: 'There is nothing to undo.' },
};

/** What a person gave before a run: why, and the pre-checks that they confirmed. */
type Given = { reason: string; confirmed: string[] };

/** What must be confirmed, the second person, and the button that says what it does and opens the last form. */
export function Confirm({
  plan,
  kind,
  action,
  whySecondPerson,
  ask,
  start,
  onChanged,
  reason = {},
  typed,
  children,
}: {
  plan: Plan;
  kind: keyof typeof words;
  /** "Delete 1,204 label rows …", on the button and in the form. */
  action: string;
  /** Why a second person is needed; null where none is. */
  whySecondPerson: string | null;
  ask: (given: Given) => Promise<Result<unknown>>;
  start: (given: Given) => Promise<Result<{ runId: string }>>;
  /** Makes the plan again, after it turned out to have changed. */
  onChanged: () => void;
  reason?: { optional?: boolean; placeholder?: string };
  /** What a person must type before the start; null where nothing. */
  typed: string | null;
  /** What the form says about the run. */
  children: React.ReactNode;
}) {
  const refusal = useRefusal('backfill.run');
  const router = useRouter();
  const [confirmed, setConfirmed] = useState<string[]>([]);
  const [open, setOpen] = useState(false);
  const [written, setWritten] = useState('');
  const approval = usePlanApproval(kind, plan.hash, whySecondPerson !== null);
  const approved = whySecondPerson === null || approval.data?.state === 'approved';
  const started = startedBy(approval.data, plan);
  const questions = toConfirm(plan);
  const missing = questions.filter((question) => !confirmed.includes(question.id)).length;
  const obstacle = refusal ?? obstacleOf(plan, kind, missing);
  const why =
    obstacle ??
    (approved ? null : `It starts by itself as soon as a second person approves exactly this ${words[kind].plan}.`);
  if (started) return <Started approval={started} />;
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
      {whySecondPerson !== null && (
        <PlanApproval
          kind={kind}
          why={whySecondPerson}
          live={approval}
          blocked={obstacle}
          ask={(text) => ask({ reason: text, confirmed })}
        />
      )}
      <Button look="danger" size="tall" disabled={why !== null} onClick={() => setOpen(true)}>
        {action}
      </Button>
      {why && <p className="text-muted text-sm">{why}</p>}
      <Dialog open={open} onOpenChange={setOpen} title={words[kind].start}>
        <ReasonForm
          {...reason}
          actions={[
            {
              verb: action,
              doing: 'Starting',
              look: 'danger',
              disabled: typed !== null && written !== typed,
              act: (text) => start({ reason: text, confirmed }),
            },
          ]}
          onDone={({ runId }) => router.push(routes.run(runId))}
          remedy={
            <Button size="sm" onClick={onChanged}>
              Preview again
            </Button>
          }
        >
          {children}
          {typed !== null && (
            <Field htmlFor="typed" label={`Type ${typed} to confirm`}>
              <Input
                id="typed"
                autoComplete="off"
                value={written}
                onChange={(event) => setWritten(event.target.value)}
              />
            </Field>
          )}
        </ReasonForm>
      </Dialog>
    </section>
  );
}

/**
 * The approval that started exactly this preview; an approval that was used before the preview started an earlier one.
 */
const startedBy = (approval: ApprovalView | null | undefined, plan: Plan): ApprovalView | null =>
  approval?.state === 'used' && (approval.endedAtMs ?? 0) > plan.createdAtMs ? approval : null;

function Started({ approval }: { approval: ApprovalView }) {
  return (
    <section aria-label="Confirm" className="flex flex-col items-start gap-3">
      <p role="status">{approvalSentence(approval)}</p>
      {approval.usedBy && (
        <Link href={routes.run(approval.usedBy)} className="font-medium underline">
          Open the run
        </Link>
      )}
    </section>
  );
}

/** Why a plan cannot be started or approved by anybody; null if it can. */
function obstacleOf(plan: Plan, kind: keyof typeof words, missing: number): string | null {
  const fails = plan.checks.filter((check) => check.verdict === 'fail').length;
  if (workedUnits(plan).length === 0) return words[kind].nothing;
  if (fails > 0) {
    const first = agree(fails, 'it passes', 'they pass');
    return `${count(fails, 'pre-check fails', 'pre-checks fail')}; nothing can be ${words[kind].done} before ${first}.`;
  }
  return missing > 0 ? `Confirm ${count(missing, 'more point')} above.` : null;
}
