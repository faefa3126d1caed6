import { AppError } from '@/lib/errors';
import type { Db, Transaction } from '@/lib/postgres/client';
import { getCustomer } from './get-customer';
import type { Customer } from './model';
import { selectCustomers, shareCustomer } from './sql/registry';
import { countedChanges, fieldsInWords, type StoredCustomer } from './state-model';

type Stopped = Pick<StoredCustomer, 'state' | 'stateReason'>;

/** "acme is paused: the database moves. Resume it first." Null while a customer is active. */
export const whyStopped = (id: string, { state, stateReason }: Stopped): string | null =>
  state === 'active'
    ? null
    : `${id} is ${state}${stateReason ? `: ${stateReason.replace(/[.!?]+$/, '')}` : ''}. Resume it first.`;

/** A customer that scans and repairs may begin for. Throws AppError('refused') while it is paused or retired. */
export async function requireActive(ctx: { db: Db }, customerId: string): Promise<StoredCustomer> {
  const customer = await getCustomer(ctx, customerId);
  refuseStopped(customerId, customer);
  return customer;
}

function refuseStopped(customerId: string, stopped: Stopped): void {
  const why = whyStopped(customerId, stopped);
  if (why !== null) throw new AppError('refused', `${why} Nothing was started.`);
}

/**
 * Holds that the customer is active and that nobody changed it since it was read, until the transaction ends. Throws
 * AppError('refused') where it is not active, and 'conflict' where somebody changed it.
 */
export async function requireUnchanged(tx: Transaction, customer: { id: string; version: number }): Promise<void> {
  const [now] = await tx.query(shareCustomer, { customerId: customer.id });
  if (now) refuseStopped(customer.id, now);
  if (now?.version !== customer.version)
    throw new AppError(
      'conflict',
      `${customer.id} was changed in the registry a moment ago. Look at it, then try again.`,
    );
}

/**
 * Holds that zone, database and profiles are those with which something was counted, until the transaction ends. Throws
 * AppError('conflict') where they are others.
 */
export async function requireSameDays(tx: Transaction, customer: Customer): Promise<void> {
  await tx.query(shareCustomer, { customerId: customer.id });
  const [now] = await tx.query(selectCustomers, { id: customer.id });
  const others = now ? countedChanges(customer, now) : [];
  if (now && others.length === 0) return;
  const what = now ? `The ${fieldsInWords(others)} of ${customer.id} changed` : `${customer.id} was removed`;
  throw new AppError('conflict', `${what} while it was counted, so nothing of this was kept. It is counted again.`);
}
