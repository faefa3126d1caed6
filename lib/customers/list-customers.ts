import type { Db } from '@/lib/postgres/client';
import { selectCustomers } from './sql/registry';
import type { StoredCustomer } from './state-model';

/** The registered customers, paused and retired ones too, sorted by id. */
export async function listCustomers({ db }: { db: Db }): Promise<StoredCustomer[]> {
  return db.query(selectCustomers, { id: null });
}
