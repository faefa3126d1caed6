'use client';

import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { SecondPersonHint } from '@/components/auth/second-person-hint';
import { reads, routes } from '@/components/routes';
import { Badge } from '@/components/ui/badge';
import { useLive } from '@/components/ui/live';
import { ReasonForm } from '@/components/ui/reason-form';
import { FailedLine } from '@/components/ui/states';
import { Ago } from '@/components/ui/time';
import type { ApprovalView } from '@/lib/approvals/model';
import { type ApprovalKind, approvalSentence, isOpen, startsItself } from '@/lib/approvals/state-model';
import type { Result } from '@/lib/edge/model';
import { approvalTones } from './states';

/** The newest request for a plan, kept fresh while it is open. */
export function usePlanApproval(kind: ApprovalKind, planHash: string, needed: boolean) {
  return useLive<ApprovalView | null>({
    url: reads.approvalOfPlan({ kind, planHash }),
    enabled: needed,
    everyMs: 3_000,
  });
}

/** Why a plan needs a second person, whether one approved it, and the form that asks for it. */
export function PlanApproval({
  kind,
  why,
  live,
  blocked,
  ask,
}: {
  kind: ApprovalKind;
  /** "A KILL always needs a second person: …". */
  why: string;
  live: ReturnType<typeof usePlanApproval>;
  /** Why an approval cannot be requested yet; null where it can. */
  blocked: string | null;
  ask: (reason: string) => Promise<Result<unknown>>;
}) {
  const refusal = useRefusal('backfill.run');
  const approval = live.data ?? null;
  const open = approval !== null && isOpen(approval.state);
  return (
    <section
      aria-label="Approval"
      className="flex flex-col gap-3 rounded-lg border border-line-strong bg-surface p-3.5 text-sm"
    >
      <p className="font-medium">{why}</p>
      {startsItself(kind) && !open && <p className="text-muted">It starts by itself once it is approved.</p>}
      {approval && (
        <div className="flex flex-col items-start gap-1">
          <Badge tone={approvalTones[approval.state]}>{approval.state}</Badge>
          <p>
            {approvalSentence(approval)}{' '}
            <span className="text-muted">
              Asked <Ago ms={approval.requestedAtMs} />.
            </span>
          </p>
          {approval.state === 'waiting' && <SecondPersonHint />}
          <Link href={routes.approvals({ open: approval.id })} className="underline">
            Open the request
          </Link>
        </div>
      )}
      {live.failure && <FailedLine failure={live.failure} />}
      {!open && live.data !== undefined && (
        <>
          {(blocked ?? refusal) && <p className="text-muted">{blocked ?? refusal}</p>}
          {!blocked && !refusal && (
            <ReasonForm
              label="Reason, which the approver reads"
              placeholder="CONVI-6242"
              actions={[
                { verb: 'Ask for approval of exactly this plan', doing: 'Asking …', look: 'primary', act: ask },
              ]}
              onDone={live.refresh}
            />
          )}
        </>
      )}
    </section>
  );
}
