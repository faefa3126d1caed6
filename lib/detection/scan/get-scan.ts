import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import type { Scan } from '../model';
import { selectScan } from './sql/scans';

/** A scan with its progress. Throws AppError('not_found'). */
export async function getScan({ db }: { db: Db }, scanId: string): Promise<Scan> {
  const [scan] = await db.query(selectScan, { id: scanId });
  if (!scan) throw new AppError('not_found', 'There is no such scan.');
  return scan;
}
