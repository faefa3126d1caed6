import type { Actor } from '@/lib/auth/model';
import type { Transaction } from '@/lib/postgres/client';
import { storable, storableJson } from '@/lib/text';
import type { AuditResult } from './model';
import { insertAudit } from './sql';

export type AuditRecord = {
  action: string;
  /** What it was done to, for a person. */
  subject: string;
  result?: AuditResult;
  customerId?: string;
  /** The scope's days, `to` exclusive. */
  fromDay?: string;
  toDay?: string;
  runId?: string;
  planHash?: string;
  reason?: string;
  detail?: Record<string, unknown>;
};

/**
 * Writes who did what in the transaction of the change itself: no change without its row, no row without the change.
 * The database chains the row at commit.
 */
export async function recordAudit(tx: Transaction, actor: Actor, entry: AuditRecord): Promise<void> {
  const text = (value: string | undefined) => (value === undefined ? null : storable(value));
  await tx.query(insertAudit, [
    storable(actor.name),
    text(actor.subject),
    actor.role,
    actor.via,
    storable(actor.requestId),
    entry.action,
    entry.result ?? 'done',
    text(entry.customerId),
    entry.fromDay ?? null,
    entry.toDay ?? null,
    entry.runId ?? null,
    text(entry.planHash),
    storable(entry.subject),
    text(entry.reason),
    JSON.stringify(storableJson(entry.detail ?? {})),
  ]);
}
