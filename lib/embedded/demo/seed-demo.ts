import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Log } from '@/lib/log';
import type { Postgres } from '@/lib/postgres/client';
import { createCustomerTables, fillCustomerTables } from './build-customer';
import { mirrorChats } from './mirror-chats';
import type { DemoPlan } from './model';
import { demoPlans, largeConversations, largeCustomer } from './plans';
import { createChats, deleteSeeded, selectSeeded, upsertSeeded } from './sql/chats';
import { demoTables } from './sql/tables';

export const demoSeed = 6242;

export type SeedOptions = {
  /** As the admin: it creates databases. */
  clickhouse: ClickHouse;
  chats: Postgres;
  log: Log;
  nowMs: number;
  seed?: number;
  /** The size of the large customer. Without it, an existing one is left as it is. */
  conversations?: number;
  cluster?: string;
};

/**
 * Makes the demo's tables and chats. A customer whose data is complete is left as it is, so that repairs survive a
 * restart. One whose making was interrupted, or that has another size than requested, is made again. Returns the
 * customers that were made, with their number of chats. It does not register them: register `demoCustomers`.
 */
export async function seedDemo(options: SeedOptions): Promise<{ customerId: string; chats: number }[]> {
  const { chats, log, nowMs, seed = demoSeed, conversations = largeConversations } = options;
  for (const create of createChats) await chats.query(create);
  const seeded = await chats.query(selectSeeded);
  const done: { customerId: string; chats: number }[] = [];
  for (const plan of demoPlans({ seed, nowMs, conversations })) {
    const { id } = plan.customer;
    const before = seeded.find((row) => row.customerId === id);
    const resized = id === largeCustomer.id && options.conversations !== undefined;
    if (before && !(resized && before.conversations !== conversations)) continue;
    const startedAt = performance.now();
    const written = await seedCustomer(options, plan);
    await chats.query(upsertSeeded, { customerId: id, seed, conversations });
    log.info({ customer: id, chats: written, ms: Math.round(performance.now() - startedAt) }, 'seeded a demo customer');
    done.push({ customerId: id, chats: written });
  }
  return done;
}

/** Makes one customer's tables and chats again from nothing. Returns the number of chats. */
export async function seedCustomer(
  options: Pick<SeedOptions, 'clickhouse' | 'chats' | 'seed' | 'cluster'>,
  plan: DemoPlan,
): Promise<number> {
  const { clickhouse, chats, seed = demoSeed, cluster = 'slc' } = options;
  const { id, database } = plan.customer;
  await chats.query(deleteSeeded, { customerId: id });
  await createCustomerTables(clickhouse, database, { cluster });
  await fillCustomerTables(clickhouse, plan, seed);
  return mirrorChats({ clickhouse, chats, customerId: id, truth: demoTables(database).truth });
}
