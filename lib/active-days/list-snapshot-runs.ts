import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import type { SnapshotRun } from './model';
import { selectSnapshotRuns } from './sql/snapshots';

const runsMost = 100;

/** A customer's newest runs whose Active Days before or after are kept, 100 at most. Throws AppError('not_found'). */
export async function listSnapshotRuns(ctx: Pick<Context, 'db'>, customerId: string): Promise<SnapshotRun[]> {
  const customer = await getCustomer(ctx, customerId);
  return ctx.db.query(selectSnapshotRuns, { customerId: customer.id, rowsMax: runsMost });
}
