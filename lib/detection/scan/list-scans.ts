import type { Db } from '@/lib/postgres/client';
import type { Scan } from '../model';
import { selectScans } from './sql/scans';

/** The newest scans of one customer or of all. */
export async function listScans(
  { db }: { db: Db },
  { customerId, rowsMax = 50 }: { customerId?: string; rowsMax?: number } = {},
): Promise<Scan[]> {
  return db.query(selectScans, { customerId: customerId ?? null, rowsMax });
}
