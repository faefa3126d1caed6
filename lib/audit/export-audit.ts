import type { Db } from '@/lib/postgres/client';
import { csvRows } from './csv';
import { streamAudit } from './list-audit';
import type { AuditEntry, AuditFilter } from './model';

export const auditFormats = ['csv', 'jsonl'] as const;
export type AuditFormat = (typeof auditFormats)[number];

const columns = [
  ['seq', (row) => row.seq?.toString() ?? null],
  ['at', (row) => new Date(row.atMs).toISOString()],
  ['actor', (row) => row.actor],
  ['actor_subject', (row) => row.actorSubject],
  ['role', (row) => row.role],
  ['via', (row) => row.via],
  ['action', (row) => row.action],
  ['result', (row) => row.result],
  ['customer', (row) => row.customerId],
  ['from_day', (row) => row.fromDay],
  ['to_day', (row) => row.toDay],
  ['run', (row) => row.runId],
  ['plan_hash', (row) => row.planHash],
  ['subject', (row) => row.subject],
  ['reason', (row) => row.reason],
  ['request', (row) => row.requestId],
  ['detail', (row) => JSON.stringify(row.detail)],
  ['id', (row) => String(row.id)],
  ['previous_hash', (row) => row.previousHash],
  ['hash', (row) => row.hash],
] as const satisfies readonly (readonly [string, (row: AuditEntry) => string | null])[];

/** Rows as CSV without a header. Values that a spreadsheet would run as formulas are escaped. */
export const auditCsv = (rows: readonly AuditEntry[]): string =>
  csvRows(rows.map((row) => columns.map(([, read]) => read(row))));

/**
 * The rows of the filter as text, oldest first, batch by batch: CSV with a header, or one JSON object for each line.
 */
export async function* exportAudit(
  ctx: { db: Db },
  { format, filter }: { format: AuditFormat; filter: AuditFilter },
): AsyncGenerator<string> {
  let text = format === 'csv' ? `${columns.map(([name]) => name).join(',')}\n` : '';
  for await (const rows of streamAudit(ctx, filter)) {
    text += format === 'csv' ? auditCsv(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
