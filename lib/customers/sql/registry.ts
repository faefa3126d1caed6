import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';
import { customerStates } from '../state-model';

const CustomerRow = z
  .object({
    id: z.string(),
    display_name: z.string(),
    database_name: z.string(),
    time_zone: z.string(),
    aliases: z.array(z.string()),
    profiles: z.array(z.string()),
    version: z.number(),
    state: z.enum(customerStates),
    state_reason: z.string().nullable(),
    state_at: z.date().nullable(),
    changed_by: z.string().nullable(),
    changed_at: z.date().nullable(),
  })
  .transform(({ display_name, database_name, time_zone, state_reason, state_at, changed_by, changed_at, ...row }) => ({
    ...row,
    displayName: display_name,
    database: database_name,
    timeZone: time_zone,
    stateReason: state_reason,
    stateAtMs: state_at?.getTime() ?? null,
    changedBy: changed_by,
    changedAtMs: changed_at?.getTime() ?? null,
  }));

/** Every customer with its profiles; bounded by the registry, which has hundreds of rows. */
export const selectCustomers = pgStatement({
  name: 'customers.select',
  text: `
    SELECT c.id, c.display_name, c.database_name, c.time_zone, c.aliases, c.version, c.state, c.state_reason,
           c.state_at, c.changed_by, c.changed_at,
           array_agg(p.profile_id ORDER BY p.profile_id) AS profiles
    FROM customers c
    JOIN customer_profiles p ON p.customer_id = c.id
    WHERE :id::text IS NULL OR c.id = :id
    GROUP BY c.id
    ORDER BY c.id`,
  params: z.object({ id: z.string().nullable() }),
  row: CustomerRow,
});

/** Ids, names and aliases are compared with all others: one change at a time. The lock goes with the transaction. */
export const lockRegistry = pgStatement({
  name: 'customers.lock_registry',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('customers.registry', 0))`,
  row: z.unknown(),
});

export const insertCustomer = pgStatement({
  name: 'customers.insert',
  text: `
    INSERT INTO customers (id, display_name, database_name, time_zone, aliases)
    VALUES (:id, :displayName, :database, :timeZone, :aliases::text[])`,
  params: z.object({
    id: z.string(),
    displayName: z.string(),
    database: z.string(),
    timeZone: z.string(),
    aliases: z.array(z.string()),
  }),
  row: z.never(),
});

export const insertProfiles = pgStatement({
  name: 'customers.insert_profiles',
  text: `
    INSERT INTO customer_profiles (customer_id, profile_id)
    SELECT :id, unnest(:profiles::text[])`,
  params: z.object({ id: z.string(), profiles: z.array(z.string()) }),
  row: z.never(),
});

/** The registry's row, which no edit, pause or retirement changes before the transaction ends. */
export const shareCustomer = pgStatement({
  name: 'customers.share',
  text: `
    SELECT c.version, c.state, c.state_reason
    FROM customers c
    WHERE c.id = :customerId
    FOR SHARE`,
  params: z.object({ customerId: z.string() }),
  row: z
    .object({ version: z.number(), state: z.enum(customerStates), state_reason: z.string().nullable() })
    .transform(({ state_reason, ...row }) => ({ ...row, stateReason: state_reason })),
});
