import { createHash } from 'node:crypto';

/** The hash that the first row has as its predecessor's. */
export const firstHash = '0'.repeat(64);

/**
 * The fields of a row's canonical form, in order. Each is the text that Postgres prints: `at` is
 * `YYYY-MM-DDTHH:MM:SS.ffffffZ`, days are `YYYY-MM-DD`, `detail` is the text of the jsonb.
 */
const canonicalFields = [
  'seq',
  'previous_hash',
  'id',
  'at',
  'actor',
  'actor_subject',
  'role',
  'via',
  'request_id',
  'action',
  'result',
  'customer_id',
  'from_day',
  'to_day',
  'run_id',
  'plan_hash',
  'subject',
  'reason',
  'detail',
] as const;
export type CanonicalRow = Record<(typeof canonicalFields)[number], string | null>;

/**
 * The text whose SHA-256 is a row's hash: a line `audit 1`, then a line for each field: its length in bytes of UTF-8, a
 * colon and the text, or `-` for NULL. `audit_canonical` in 0008_audit.sql makes the same text in the database; the
 * check uses this one, so that it does not trust the database.
 */
function canonicalText(row: CanonicalRow): string {
  const field = (value: string | null) => (value === null ? '-' : `${Buffer.byteLength(value)}:${value}`);
  return `audit 1\n${canonicalFields.map((name) => `${field(row[name])}\n`).join('')}`;
}

/** SHA-256 of the canonical text, in hex. */
export const hashOf = (row: CanonicalRow): string => createHash('sha256').update(canonicalText(row)).digest('hex');
