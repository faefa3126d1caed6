import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { selectStop } from './sql/stops';

/** Throws AppError('refused') while everything is stopped. In a transaction it holds for what that writes. */
export async function refuseWhileStopped({ query }: Pick<Db, 'query'>): Promise<void> {
  const [stop] = await query(selectStop);
  if (stop)
    throw new AppError(
      'refused',
      `Nothing begins now: ${stop.by} stopped everything (${stop.reason}). Lift the stop first.`,
    );
}
