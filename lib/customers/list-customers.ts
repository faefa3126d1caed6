import type { Db } from '@/lib/postgres/client';
import type { Customer } from './model';
import { selectCustomers } from './sql/registry';

/** The registered customers, sorted by id. */
export async function listCustomers({ db }: { db: Db }): Promise<Customer[]> {
  return db.query(selectCustomers, { id: null });
}
