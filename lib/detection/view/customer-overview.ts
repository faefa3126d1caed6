import type { Db } from '@/lib/postgres/client';
import type { CustomerOverview } from '../model';
import { readOverview } from './overview';

/** A customer's newest day with data and the 30 days up to it. Throws AppError('not_found'). */
export async function customerOverview(ctx: { db: Db }, customerId: string): Promise<CustomerOverview> {
  return readOverview(ctx, customerId);
}
