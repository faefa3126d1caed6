import type { z } from 'zod';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import { isConflict, type Postgres } from '@/lib/postgres/client';
import { Customer } from './model';
import { insertCustomer, insertProfiles } from './sql/registry';

/**
 * Registers a customer with its profiles and writes the audit row in the same transaction. Whether its tables exist
 * is `checkCustomer`'s question. Throws AppError('invalid_input') with the fields at fault, AppError('conflict') when
 * the id is taken.
 */
export async function addCustomer(
  { db }: { db: Postgres },
  input: z.input<typeof Customer>,
  actor: Actor,
): Promise<Customer> {
  const parsed = Customer.safeParse(input);
  if (!parsed.success) {
    const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
    const sentence = `The customer is not usable. ${Object.entries(fields)
      .map(([field, message]) => `${field}: ${message}`)
      .join(' ')}`;
    throw new AppError('invalid_input', sentence, { fields, cause: parsed.error });
  }
  const customer = { ...parsed.data, profiles: [...new Set(parsed.data.profiles)].sort() };
  try {
    await db.transaction(async (tx) => {
      await tx.query(insertCustomer, [customer.id, customer.displayName, customer.database, customer.timeZone]);
      await tx.query(insertProfiles, [customer.id, customer.profiles]);
      await recordAudit(tx, actor, {
        action: 'customer.add',
        customerId: customer.id,
        subject: customer.displayName,
        detail: { database: customer.database, timeZone: customer.timeZone, profiles: customer.profiles },
      });
    });
  } catch (error) {
    if (isConflict(error, 'customers_pkey'))
      throw new AppError('conflict', `The customer "${customer.id}" is already registered.`, {
        cause: error,
        fields: { id: 'taken' },
      });
    throw error;
  }
  return customer;
}
