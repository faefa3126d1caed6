import { z } from 'zod';
import { Reason } from '@/lib/audit/model';
import { type Actor, personOf } from '@/lib/auth/model';
import { type ApprovalKind, type ApprovalState, approvalStates } from './state-model';

/** The hash of a plan, as the person saw it. */
export const PlanHash = z.string().regex(/^[0-9a-f]{64}$/, 'This is not the hash of a plan.');

/** A request for a second person: the plan as it was previewed, and its hash. */
export type ApprovalRequest = {
  kind: ApprovalKind;
  /** What the request is about. A subject has one open request; another plan of the same subject replaces it. */
  subject: string;
  planHash: string;
  /** The plan that the approver sees. */
  plan: object;
  /** Ids of unknown pre-checks that the requester confirms; the approver sees them too. */
  confirmed: string[];
  customerId: string | null;
  /** What it is about, in one sentence. */
  summary: string;
  /** The label rows that will be deleted. */
  rows: number;
  reason: string;
};

export const DecideApproval = z.object({
  approvalId: z.uuid(),
  /** The hash of the plan that the approver saw. */
  planHash: PlanHash,
  decision: z.enum(['approve', 'refuse']),
  reason: Reason,
});
export type DecideApproval = z.input<typeof DecideApproval>;

export const WithdrawApproval = z.object({ approvalId: z.uuid(), reason: Reason });
export type WithdrawApproval = z.input<typeof WithdrawApproval>;

export const ApprovalsFilter = z.object({
  customerId: z.string().max(80).optional(),
  state: z.enum(approvalStates).optional(),
  rowsMax: z.number().int().min(1).max(500).default(200),
});
export type ApprovalsFilter = z.input<typeof ApprovalsFilter>;

/** An approval as lists show it. */
export type ListedApproval = {
  id: string;
  kind: ApprovalKind;
  subject: string;
  planHash: string;
  confirmed: string[];
  customerId: string | null;
  summary: string;
  rows: number;
  state: ApprovalState;
  requestedBy: string;
  requestedAtMs: number;
  reason: string;
  decidedBy: string | null;
  decidedAtMs: number | null;
  decisionReason: string | null;
  expiresAtMs: number;
  endedBy: string | null;
  endedAtMs: number | null;
  endReason: string | null;
  /** The run or KILL that it started. */
  usedBy: string | null;
  /** Why what it is for has not started, as the last try found; null before one failed. */
  startFailure: string | null;
};

/** An approval with the provider's id of the requester, which does not leave the server. */
export type ApprovalRow = ListedApproval & { requestedSubject: string | null };

/** An approval as one person sees it. With `mine` they asked for it, so another person decides. */
export type ApprovalView = ListedApproval & { mine: boolean };

/** An approval with the plan as it was previewed. */
export type Approval = ApprovalView & { plan: unknown };

const folded = (text: string) => text.trim().toLowerCase();

/**
 * Whether `actor` asked for it, and so may never decide on it. They are compared by the provider's ids, else by name.
 * The constraint `approvals_second_person` enforces the same.
 */
export function askedBy(
  approval: Pick<ApprovalRow, 'requestedBy' | 'requestedSubject'>,
  actor: Pick<Actor, 'name' | 'via' | 'subject' | 'maker'>,
): boolean {
  const person = personOf(actor);
  return approval.requestedSubject !== null && person !== undefined
    ? folded(approval.requestedSubject) === folded(person)
    : folded(approval.requestedBy) === folded(actor.name);
}

/** Whether it is known which person asked, and not only which token. */
export const isAskedByPerson = ({ requestedSubject }: Pick<ApprovalRow, 'requestedSubject'>): boolean =>
  requestedSubject !== null && !requestedSubject.startsWith('token ');

/** The part of a row that may leave the server. */
export function listedOf<Row extends ApprovalRow>({ requestedSubject: _, ...listed }: Row) {
  return listed;
}
