import type { z } from 'zod';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { isConflict } from '@/lib/postgres/client';
import { type Customer, RegisteredCustomer } from './model';
import { lookalikeOf, sharedAlias } from './name-model';
import { readTables } from './read-tables';
import { insertCustomer, insertProfiles, lockRegistry, selectCustomers } from './sql/registry';
import { timeZoneOf, unknownZone } from './time-zone';

/**
 * Registers a customer with its profiles and writes the audit row in the same transaction. It does not check
 * whether the tables can be used: `checkCustomer` does. The time zone is stored as ClickHouse spells it. Throws
 * AppError('invalid_input') with the fields at fault, as where the database lacks one of the tables, and
 * AppError('conflict') when the id is taken or looks like one that is,
 * or when an alias would mean two customers.
 */
export async function addCustomer(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'config'>,
  input: z.input<typeof RegisteredCustomer>,
  actor: Actor,
): Promise<RegisteredCustomer> {
  const parsed = RegisteredCustomer.safeParse(input);
  if (!parsed.success) {
    const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
    const sentence = `The customer is not usable. ${Object.entries(fields)
      .map(([field, message]) => `${field}: ${message}`)
      .join(' ')}`;
    throw new AppError('invalid_input', sentence, { fields, cause: parsed.error });
  }
  const timeZone = await timeZoneOf(ctx, parsed.data.timeZone);
  if (timeZone === null) {
    const sentence = unknownZone(parsed.data.timeZone);
    throw new AppError('invalid_input', sentence, { fields: { timeZone: sentence } });
  }
  await requireTables(ctx, parsed.data);
  const customer = { ...parsed.data, timeZone, profiles: [...new Set(parsed.data.profiles)].sort() };
  try {
    await ctx.db.transaction(async (tx) => {
      await tx.query(lockRegistry);
      const others = await tx.query(selectCustomers, { id: null });
      const alike = lookalikeOf(
        customer.id,
        others.map((one) => one.id),
      );
      if (alike !== null)
        throw new AppError(
          'conflict',
          `"${customer.id}" looks like "${alike}", which is registered. Nothing was added, because a delete could be started for the wrong one of the two.`,
          { fields: { id: `looks like ${alike}` } },
        );
      refuseSharedAlias(customer, others);
      await tx.query(insertCustomer, {
        id: customer.id,
        displayName: customer.displayName,
        database: customer.database,
        timeZone: customer.timeZone,
        aliases: customer.aliases,
      });
      await tx.query(insertProfiles, { id: customer.id, profiles: customer.profiles });
      await recordAudit(tx, actor, {
        action: 'customer.add',
        customerId: customer.id,
        subject: customer.displayName,
        detail: {
          database: customer.database,
          timeZone: customer.timeZone,
          profiles: customer.profiles,
          aliases: customer.aliases,
        },
      });
    });
  } catch (error) {
    if (isConflict(error, 'customers_pkey')) {
      const [taken] = await ctx.db.query(selectCustomers, { id: customer.id });
      const sentence =
        taken?.state === 'retired'
          ? `"${customer.id}" is retired, with the database ${taken.database}. An id keeps its runs and its audit, so it is not registered again: resume it, and edit it where the database is another one.`
          : `The customer "${customer.id}" is already registered.`;
      throw new AppError('conflict', sentence, { cause: error, fields: { id: 'taken' } });
    }
    throw error;
  }
  return customer;
}

/**
 * Refuses a database that lacks one of the tables: no scan could ever succeed, and health would always be red.
 */
export async function requireTables(ctx: Pick<Context, 'clickhouse' | 'config'>, customer: Customer): Promise<void> {
  try {
    await readTables(ctx, customer);
  } catch (error) {
    // Tables that exist but cannot be used are reported by the check, with what to change.
    if (error instanceof AppError && error.code === 'refused') return;
    if (!(error instanceof AppError && error.code === 'not_found')) throw error;
    const sentence = `${error.message} A customer needs its truth and its labels in one database. Nothing was added.`;
    throw new AppError('invalid_input', sentence, { fields: { database: error.message }, cause: error });
  }
}

/** Throws AppError('conflict') if a name of the customer would also mean another one. */
export function refuseSharedAlias(customer: RegisteredCustomer, others: readonly RegisteredCustomer[]): void {
  const shared = sharedAlias(customer, others);
  if (!shared) return;
  const sentence = `"${shared.name}" already means the customer "${shared.customerId}". A ticket that says it would find the wrong one of the two. Nothing was changed.`;
  throw new AppError('conflict', sentence, { fields: { aliases: `"${shared.name}" means ${shared.customerId}` } });
}
