import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { type AuditEntry, AuditFilter } from './model';
import { selectAudit, selectAuditAfter } from './sql';

const batchRows = 1_000;

/** The newest audit rows before `beforeId`, at most `rowsMax` (200 by default). Throws AppError('invalid_input'). */
export async function listAudit(
  { db }: { db: Db },
  { beforeId, rowsMax, ...filter }: AuditFilter & { beforeId?: number; rowsMax?: number },
): Promise<AuditEntry[]> {
  return db.query(selectAudit, { ...checked(filter), beforeId, rowsMax: rowsMax ?? 200 });
}

/** Every row of the filter, oldest first, in batches. No connection is held between two batches. */
export async function* streamAudit({ db }: { db: Db }, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
  const rowsOf = checked(filter);
  for (let afterId = 0; ; ) {
    const rows = await db.query(selectAuditAfter, { ...rowsOf, afterId, rowsMax: batchRows });
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    afterId = last.id;
  }
}

function checked(filter: AuditFilter): AuditFilter {
  const parsed = AuditFilter.parse(filter);
  if (parsed.since !== undefined && parsed.until !== undefined && parsed.until <= parsed.since)
    throw new AppError('invalid_input', 'The range is empty: "until" is exclusive and must be after "since".', {
      fields: { until: 'not after since' },
    });
  return parsed;
}
