import type { Actor } from '@/lib/auth/model';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import type { AuditResult } from './result-model';
import { insertAudit } from './sql';

/** A person who was not let in has no role. */
type AuditActor = Omit<Actor, 'role'> & { role: Actor['role'] | 'none' };

export type AuditRecord = {
  action: string;
  /** What the action was about, in words for people. */
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
 * Writes who did what, in the transaction of the change, so that neither exists without the other. The database chains
 * the row at commit.
 */
export async function recordAudit(tx: Transaction, actor: AuditActor, entry: AuditRecord): Promise<void> {
  await tx.query(insertAudit, {
    actor: actor.name,
    actorSubject: actor.subject ?? null,
    role: actor.role,
    via: actor.via,
    requestId: actor.requestId,
    action: entry.action,
    result: entry.result ?? 'done',
    customerId: entry.customerId ?? null,
    fromDay: entry.fromDay ?? null,
    toDay: entry.toDay ?? null,
    runId: entry.runId ?? null,
    planHash: entry.planHash ?? null,
    subject: entry.subject,
    reason: entry.reason ?? null,
    detail: storedJson(entry.detail ?? {}),
  });
}
