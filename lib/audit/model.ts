import { z } from 'zod';
import { isDay } from '@/lib/days';
import { isStorable } from '@/lib/text';
import { type AuditResult, auditResults } from './result-model';

/** Why a person does something, for the audit; an optional one may be empty. */
export const OptionalReason = z.string().trim().max(1000, 'Use at most 1,000 characters.');
export const Reason = OptionalReason.min(3, 'Say why, in a few words.');

/**
 * One row of the audit: who did what, to which scope, why, by which plan, and with which result. `seq` is its number in
 * the chain, from 1 without gaps; null for a row that was added outside the chain. `lib/audit/canonical.ts` defines
 * `hash` and `previousHash`.
 */
export type AuditEntry = {
  id: number;
  atMs: number;
  actor: string;
  /** The provider's id of the person, or the token; null if nobody proved who they are. */
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

const Word = z.string().min(1).max(200).refine(isStorable, 'This text holds something that is not a character.');
const Day = z.string().refine(isDay, 'Write a day as YYYY-MM-DD.');

/** A filter of rows. `since` and `until` (exclusive) are UTC days of the action; `day` is a day of its scope. */
export const AuditFilter = z.strictObject({
  customerId: Word.optional(),
  actor: Word.optional(),
  action: Word.optional(),
  result: z.enum(auditResults, 'A result is done, refused or failed.').optional(),
  runId: z.uuid('This is not a run’s id.').optional(),
  since: Day.optional(),
  until: Day.optional(),
  day: Day.optional(),
  text: Word.optional(),
});
export type AuditFilter = z.infer<typeof AuditFilter>;

/** The newest row of the chain. A copy that is kept elsewhere proves later that nothing up to it was changed. */
export type AuditHead = { seq: number; hash: string };

/** A head as a check of the chain shows it, "12:ab…". */
export const HeadText = z
  .string()
  .regex(
    /^\d{1,15}:[0-9a-f]{64}$/,
    'A head is a number, a colon and 64 hexadecimal digits, as a check of the chain shows it.',
  );

/** One thing that a check of the chain found wrong, and the row that it concerns. */
export type AuditFinding = {
  kind: 'altered' | 'removed' | 'replaced' | 'outside' | 'head' | 'unannounced';
  seq: number | null;
  id: number | null;
  sentence: string;
};

/** `findings` are the first hundred of `findingsTotal`. `rights` is null if the role cannot change the audit. */
export type AuditCheck = {
  rows: number;
  head: AuditHead;
  findings: AuditFinding[];
  findingsTotal: number;
  rights: string | null;
};
