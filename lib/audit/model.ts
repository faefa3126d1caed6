import { z } from 'zod';
import { isDay } from '@/lib/days';
import { isStorable } from '@/lib/text';

/** Why a person does something, for the audit; an optional one may be empty. */
export const OptionalReason = z.string().trim().max(1000, 'Say it in at most 1,000 characters.');
export const Reason = OptionalReason.min(3, 'Say why, in a few words.');

/** How an action ended: done, refused by a rule of the console, or stopped by an error. */
export const auditResults = ['done', 'refused', 'failed'] as const;
export type AuditResult = (typeof auditResults)[number];

/**
 * One line of the audit: who did what, to which scope, why, by which plan, and how it ended. `seq` is its place in the
 * chain, from 1 without a gap, null for a row that was added past it; `hash` and `previousHash` are of `lib/audit/canonical.ts`.
 */
export type AuditEntry = {
  id: number;
  atMs: number;
  actor: string;
  /** Who that is to the provider, or which token; null where nobody proved it. */
  actorSubject: string | null;
  role: string;
  via: string;
  requestId: string;
  action: string;
  result: AuditResult;
  customerId: string | null;
  /** The scope's days, `to` exclusive. */
  fromDay: string | null;
  toDay: string | null;
  runId: string | null;
  planHash: string | null;
  subject: string;
  reason: string | null;
  detail: Record<string, unknown>;
  seq: number | null;
  previousHash: string | null;
  hash: string | null;
};

const Word = z.string().min(1).max(200).refine(isStorable, 'This text holds what is no character.');
const Day = z.string().refine(isDay, 'Write a day as YYYY-MM-DD.');

/** Which rows: each given field narrows. `since` and `until` (exclusive) are UTC days of the action; `day` is a day of its scope. */
export const AuditFilter = z.strictObject({
  customerId: Word.optional(),
  actor: Word.optional(),
  action: Word.optional(),
  result: z.enum(auditResults, 'A result is done, refused or failed.').optional(),
  runId: z.uuid('A run is a UUID.').optional(),
  since: Day.optional(),
  until: Day.optional(),
  day: Day.optional(),
  text: Word.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

/** The chain's newest row. A copy of it kept elsewhere proves later that nothing up to it was changed. */
export type AuditHead = { seq: number; hash: string };

/** What a check of the chain found wrong, with the row it names. */
export type AuditFinding = {
  kind: 'altered' | 'removed' | 'replaced' | 'outside' | 'head' | 'unannounced';
  seq: number | null;
  id: number | null;
  sentence: string;
};

/** `findings` are the first hundred of `findingsTotal`. `rights` is null where the role cannot change the audit. */
export type AuditVerdict = {
  rows: number;
  head: AuditHead;
  findings: AuditFinding[];
  findingsTotal: number;
  rights: string | null;
};
