import type { Db } from '@/lib/postgres/client';
import type { AuditEntry } from './model';
import { selectAudit } from './sql';

/** The newest audit rows before `beforeId`, at most `rowsMax` (200 unless told). */
export async function listAudit(
  { db }: { db: Db },
  filter: { customerId?: string; action?: string; beforeId?: number; rowsMax?: number },
): Promise<AuditEntry[]> {
  return db.query(selectAudit, [
    filter.customerId ?? null,
    filter.action ?? null,
    filter.beforeId ?? null,
    filter.rowsMax ?? 200,
  ]);
}
