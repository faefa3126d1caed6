import type { Context } from '@/lib/context';
import type { Repair } from './repair-model';
import { selectRepairs } from './sql/repairs';

/** What was repaired of a customer on days of `[fromDay, toDay)`: by which run, by whom, when, and how it ended. */
export const listRepairs = (
  { db }: Pick<Context, 'db'>,
  of: { customerId: string; fromDay: string; toDay: string },
): Promise<Repair[]> => db.query(selectRepairs, of);
