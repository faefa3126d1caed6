import type { Db } from '@/lib/postgres/client';
import { getCustomer } from '../get-customer';
import type { CustomerChange } from '../state-model';
import { selectRetired, selectUse } from './sql';

/** Throws AppError('not_found') for an unknown customer. */
export async function readChange({ db }: { db: Db }, { customerId }: { customerId: string }): Promise<CustomerChange> {
  const customer = await getCustomer({ db }, customerId);
  const [uses, setAside] = await Promise.all([
    db.query(selectUse, { customerId }),
    db.query(selectRetired, { customerId }),
  ]);
  const [use] = uses;
  if (!use) throw new Error(`the use of ${customerId} could not be read`);
  return { customer, use, setAside };
}
