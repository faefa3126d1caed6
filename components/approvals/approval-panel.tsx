'use client';

import type { Route } from 'next';
import Link from 'next/link';
import { useRefusal } from '@/components/auth/person';
import { SecondPersonHint } from '@/components/auth/second-person-hint';
import { reads, routes } from '@/components/routes';
import { ReasonText } from '@/components/tickets/reason-text';
import { Badge } from '@/components/ui/badge';
import { Id } from '@/components/ui/copy';
import { Section } from '@/components/ui/heading';
import { LivePanel } from '@/components/ui/live-panel';
import { ReasonForm } from '@/components/ui/reason-form';
import { Ago, Instant } from '@/components/ui/time';
import { decideApproval, withdrawApproval } from '@/lib/approvals/actions';
import type { Approval } from '@/lib/approvals/model';
import { type ApprovalKind, approvalSentence, isOpen } from '@/lib/approvals/state-model';
import type { Plan } from '@/lib/backfill/state/plan-model';
import { count, formatNumber } from '@/lib/words';
import { isPlan, PlanOfApproval } from './plan-of-approval';
import { approvalTones, kindNames } from './states';

/** One request: who asked, why, for what exactly, and the decision. */
export function ApprovalPanel({ approvalId, onChanged }: { approvalId: string; onChanged: () => void }) {
  return (
    <LivePanel<Approval>
      what="The approval could not be read"
      url={reads.approval(approvalId)}
      everyMs={(approval) => (approval && !isOpen(approval.state) ? false : 3_000)}
      onChanged={onChanged}
    >
      {(approval, changed) => <Request approval={approval} onDone={changed} />}
    </LivePanel>
  );
}

/** What an approval starts. */
const started: Record<ApprovalKind, { word: string; href: (id: string) => Route }> = {
  backfill: { word: 'the run', href: (id) => routes.run(id) },
  undo: { word: 'the run', href: (id) => routes.run(id) },
  kill: { word: 'the KILL', href: (id) => routes.mutations({ kill: id }) },
  campaign: { word: 'the campaign', href: (id) => routes.campaign(id) },
  order: { word: 'the standing order', href: (id) => routes.order(id) },
};

function Request({ approval, onDone }: { approval: Approval; onDone: () => void }) {
  const used = started[approval.kind];
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          <Badge tone={approvalTones[approval.state]}>{approval.state}</Badge>
          {kindNames[approval.kind]}
        </p>
        <p>{approvalSentence(approval)}</p>
        {approval.state === 'approved' && approval.startFailure !== null && isPlan(approval.plan) && (
          <Link href={previewOf(approval.plan)} className="w-fit text-sm underline">
            Preview it again
          </Link>
        )}
      </div>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">
        <dt className="text-muted">What</dt>
        <dd className="break-words">{approval.summary}</dd>
        {approval.kind !== 'kill' && (
          <>
            <dt className="text-muted">Label rows deleted</dt>
            <dd>
              {approval.kind === 'order' ? 'at most ' : ''}
              {formatNumber(approval.rows)}
              {approval.kind === 'order' ? ' every night' : ''}
            </dd>
          </>
        )}
        <dt className="text-muted">Asked</dt>
        <dd>
          {approval.requestedBy}, <Ago ms={approval.requestedAtMs} />
        </dd>
        <dt className="text-muted">Reason</dt>
        <dd className="break-words">
          <ReasonText>{approval.reason}</ReasonText>
        </dd>
        {approval.decidedBy && approval.decidedAtMs && (
          <>
            <dt className="text-muted">Decided</dt>
            <dd className="break-words">
              {approval.decidedBy}, <Instant ms={approval.decidedAtMs} />: {approval.decisionReason}
            </dd>
          </>
        )}
        {isOpen(approval.state) && (
          <>
            <dt className="text-muted">Expires</dt>
            <dd>
              <Instant ms={approval.expiresAtMs} />
            </dd>
          </>
        )}
        <dt className="text-muted">Plan</dt>
        <dd>
          <Id value={approval.planHash} length={16} />
        </dd>
        {approval.usedBy && (
          <>
            <dt className="text-muted">Started</dt>
            <dd>
              <Link href={used.href(approval.usedBy)} className="underline">
                {used.word}
              </Link>
            </dd>
          </>
        )}
      </dl>
      {isOpen(approval.state) && <Decision approval={approval} onDone={onDone} />}
      <Section title="The plan as it was previewed">
        <PlanOfApproval approval={approval} />
      </Section>
    </div>
  );
}

const previewOf = ({ undoOf, customerId: customer, fromDay: from, toDay: to, strategy, unitChoice }: Plan) =>
  undoOf
    ? routes.undo(undoOf.runId, { unit: undoOf.unit ?? undefined })
    : routes.plan({ customer, from, to, strategy, units: unitChoice ?? undefined });

function Decision({ approval, onDone }: { approval: Approval; onDone: () => void }) {
  const refusal = useRefusal('backfill.approve');
  const decide = (decision: 'approve' | 'refuse') => (reason: string) =>
    decideApproval({ approvalId: approval.id, planHash: approval.planHash, decision, reason });
  const withdraw = (reason: string) => withdrawApproval({ approvalId: approval.id, reason });
  const rows = count(approval.rows, 'label row');
  const deleted = approval.kind === 'order' ? `at most ${rows} every night` : rows;
  const what = approval.rows > 0 ? ` the delete of ${deleted}` : '';
  if (approval.state === 'waiting' && !approval.mine && refusal === null)
    return (
      <ReasonForm
        placeholder="What you checked"
        onDone={onDone}
        actions={[
          { verb: `Approve${what}`, look: 'danger', act: decide('approve') },
          { verb: 'Refuse', act: decide('refuse') },
        ]}
      />
    );
  return (
    <div className="flex flex-col gap-3">
      {approval.state === 'waiting' && (
        <p className="text-muted text-sm">
          {approval.mine ? 'You asked for this, so another person with the role approver decides.' : refusal}
        </p>
      )}
      {approval.state === 'waiting' && <SecondPersonHint />}
      {(approval.mine || refusal === null) && (
        <ReasonForm
          onDone={onDone}
          actions={[{ verb: approval.state === 'approved' ? 'Withdraw the approval' : 'Withdraw', act: withdraw }]}
        />
      )}
    </div>
  );
}
