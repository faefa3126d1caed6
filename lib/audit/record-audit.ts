import type { Actor } from '@/lib/auth/model';
import type { Transaction } from '@/lib/postgres/client';
import { insertAudit } from './sql';

/** Writes who did what in the transaction of the change itself: no change without its row, no row without the change. */
export async function recordAudit(
  tx: Transaction,
  actor: Actor,
  entry: { action: string; customerId?: string; subject: string; reason?: string; detail?: Record<string, unknown> },
): Promise<void> {
  await tx.query(insertAudit, [
    actor.name,
    actor.role,
    actor.via,
    actor.requestId,
    entry.action,
    entry.customerId ?? null,
    entry.subject,
    entry.reason ?? null,
    JSON.stringify(entry.detail ?? {}),
  ]);
}
