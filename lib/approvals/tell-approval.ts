import { announce, resolveCase } from '@/lib/notifications/announce';
import type { Transaction } from '@/lib/postgres/client';
import { count } from '@/lib/words';
import type { ApprovalRequest } from './model';
import type { ApprovalKind } from './state-model';

type Subject = { kind: ApprovalKind; subject: string };

/** A subject has one open request, so a request for another plan of it is the same case. */
const caseKeyOf = ({ kind, subject }: Subject) => `approval ${kind} ${subject}`;

/** Tells approvers that a request waits for one of them, in the transaction that makes it. */
export const tellRequest = (tx: Transaction, request: ApprovalRequest & { id: string; requestedBy: string }) =>
  announce(tx, {
    event: 'approval waits',
    caseKey: caseKeyOf(request),
    customerId: request.customerId,
    title: `${request.requestedBy} asks for an approval: ${request.summary}.`,
    lines: [
      `Reason: ${request.reason}`,
      ...(request.rows > 0 ? [`It deletes ${count(request.rows, 'label row')}${mostOf[request.kind]}.`] : []),
      'Another person with the role approver decides.',
    ],
    path: `/approvals?open=${request.id}`,
    role: 'approver',
  });

const mostOf: Record<ApprovalKind, string> = {
  backfill: '',
  undo: '',
  kill: '',
  campaign: ' at most',
  order: ' at most every night',
};

/** Says that a request does not wait any more; does nothing where that was said. */
export const tellDecided = (tx: Transaction, of: Subject & { summary: string }, what: string): Promise<void> =>
  resolveCase(tx, caseKeyOf(of), `${of.summary}: ${what}`);
