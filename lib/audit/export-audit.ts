import { type Columns, exportRows } from '@/lib/export/export-rows';
import type { ExportFormat } from '@/lib/export/model';
import type { Db } from '@/lib/postgres/client';
import { streamAudit } from './list-audit';
import type { AuditEntry, AuditFilter } from './model';

export const auditColumns = {
  seq: (row) => row.seq,
  at: (row) => new Date(row.atMs).toISOString(),
  actor: (row) => row.actor,
  actor_subject: (row) => row.actorSubject,
  role: (row) => row.role,
  via: (row) => row.via,
  action: (row) => row.action,
  result: (row) => row.result,
  customer: (row) => row.customerId,
  from_day: (row) => row.fromDay,
  to_day: (row) => row.toDay,
  run: (row) => row.runId,
  plan_hash: (row) => row.planHash,
  subject: (row) => row.subject,
  reason: (row) => row.reason,
  request: (row) => row.requestId,
  detail: (row) => JSON.stringify(row.detail),
  id: (row) => row.id,
  previous_hash: (row) => row.previousHash,
  hash: (row) => row.hash,
} satisfies Columns<AuditEntry>;

/** The rows of the filter as text, oldest first: CSV, or the rows as JSON, one a line. */
export const exportAudit = (
  ctx: { db: Db },
  { format, filter }: { format: ExportFormat; filter: AuditFilter },
): AsyncGenerator<string> => exportRows(format, auditColumns, streamAudit(ctx, filter), { line: (row) => row });
