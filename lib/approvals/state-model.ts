import type { ListedApproval } from './model';

/** What needs a second person. */
export const approvalKinds = ['backfill', 'undo', 'kill', 'campaign', 'order'] as const;

export type ApprovalKind = (typeof approvalKinds)[number];

/** What the worker starts as soon as it is approved. A KILL is not: several previews may have the same plan. */
export const selfStarting = ['backfill', 'undo', 'campaign', 'order'] as const satisfies ApprovalKind[];

export type SelfStartingKind = (typeof selfStarting)[number];

export const startsItself = (kind: ApprovalKind): kind is SelfStartingKind =>
  selfStarting.some((starting) => starting === kind);

/**
 * `waiting` and `approved` are open: they can expire, and become `withdrawn` if the requester withdraws them or another
 * plan is requested. `used` has started one run and starts no other.
 */
export const approvalStates = ['waiting', 'approved', 'refused', 'expired', 'used', 'withdrawn'] as const;

export type ApprovalState = (typeof approvalStates)[number];

export const isOpen = (state: ApprovalState): boolean => state === 'waiting' || state === 'approved';

/** The state of an approval in one sentence. */
export function approvalSentence(approval: ListedApproval): string {
  switch (approval.state) {
    case 'waiting':
      return `${approval.requestedBy} asked. Another person with the role approver decides.`;
    case 'approved':
      return approvedSentence(approval);
    case 'refused':
      return `${approval.decidedBy} refused it: ${approval.decisionReason}`;
    case 'expired':
      return approval.decidedBy
        ? `${approval.decidedBy} approved it, but it was not started in time. ${approval.startFailure ?? ''}`.trim()
        : 'Nobody decided in time. Ask again.';
    case 'used':
      return `${approval.decidedBy} approved it, and it was started.`;
    default:
      return `${approval.endedBy ?? 'Somebody'} withdrew it: ${approval.endReason ?? ''}`;
  }
}

function approvedSentence({ kind, decidedBy, requestedBy, startFailure }: ListedApproval): string {
  const approved = `${decidedBy} approved what ${requestedBy} asked for`;
  if (startFailure !== null) return `${approved}, but it has not started. ${startFailure}`;
  return startsItself(kind) ? `${approved}. It starts now.` : `${approved}. It can be started once.`;
}
