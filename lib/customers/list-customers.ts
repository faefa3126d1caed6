import type { Db } from '@/lib/postgres/client';
import type { RegisteredCustomer } from './model';
import { selectCustomers } from './sql/registry';

/** The registered customers, sorted by id. */
export async function listCustomers({ db }: { db: Db }): Promise<RegisteredCustomer[]> {
  return db.query(selectCustomers, { id: null });
}
