import { AppError } from '@/lib/errors';
import type { Db } from '@/lib/postgres/client';
import { selectCustomers } from './sql/registry';
import type { StoredCustomer } from './state-model';

/** A registered customer. Throws AppError('not_found') that names the id. */
export async function getCustomer({ db }: { db: Db }, id: string): Promise<StoredCustomer> {
  const [customer] = await db.query(selectCustomers, { id });
  if (!customer) throw new AppError('not_found', `There is no customer "${id.slice(0, 80)}" in the registry.`);
  return customer;
}
