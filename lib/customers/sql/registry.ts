import { z } from 'zod';
import { pgStatement } from '@/lib/postgres/statement';

const CustomerRow = z
  .object({
    id: z.string(),
    display_name: z.string(),
    database_name: z.string(),
    time_zone: z.string(),
    aliases: z.array(z.string()),
    profiles: z.array(z.string()),
  })
  .transform(({ display_name, database_name, time_zone, ...row }) => ({
    ...row,
    displayName: display_name,
    database: database_name,
    timeZone: time_zone,
  }));

/** Every customer with its profiles; bounded by the registry, which has hundreds of rows. */
export const selectCustomers = pgStatement({
  name: 'customers.select',
  text: `
    SELECT c.id, c.display_name, c.database_name, c.time_zone, c.aliases,
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
