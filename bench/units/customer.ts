import type { Actor } from '@/lib/auth/model';
import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Context } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { addDays, daysBetween } from '@/lib/days';
import { createCustomerTables, fillCustomerTables } from '@/lib/embedded/demo/build-customer';
import { agentNames } from '@/lib/embedded/demo/model';
import { demoSeed, seedCustomer } from '@/lib/embedded/demo/seed-demo';
import type { Postgres } from '@/lib/postgres/client';

export const actor: Actor = { name: 'bench', role: 'operator', via: 'cli', requestId: 'bench' };

/** Who writes the data: the admin of ClickHouse and the owner of `chats`. */
export type Writers = { admin: ClickHouse; chats: Postgres };

export type Shape = {
  id: string;
  fromDay: string;
  days: number;
  conversationsADay: number;
  /** Labels in a thousand that are stale, on the n-th day. */
  staleOf: (day: number) => number;
  /** Leaves the labeler's source empty, for data that would take minutes to copy. */
  withoutChats?: boolean;
};

/** Makes a customer whose labels are stale on the days that `staleOf` says, and registers it. */
export async function makeCustomer(ctx: Context, { admin, chats }: Writers, shape: Shape): Promise<Customer> {
  const { id, fromDay, conversationsADay, staleOf } = shape;
  const days = daysBetween(fromDay, addDays(fromDay, shape.days));
  const each = (of: (day: number) => number) => days.map((_, at) => of(at));
  const customer = { id, displayName: id, profiles: ['main'], database: id.replaceAll('-', '_'), timeZone: 'UTC' };
  const block = {
    name: 'all days',
    days,
    counts: each(() => conversationsADay),
    agents: agentNames(200),
    useCases: ['orders-chat', 'returns-chat', 'billing-chat', 'orders-voice'],
    faults: { stale: each(staleOf), missing: each(() => 0), duplicate: each(() => 0) },
  };
  const plan = { customer, blocks: [block], rows: { truth: [], labels: [] } };
  if (shape.withoutChats) {
    await createCustomerTables(admin, customer.database, { cluster: 'slc' });
    await fillCustomerTables(admin, plan, demoSeed);
  } else await seedCustomer({ clickhouse: admin, chats }, plan);
  await addCustomer(ctx, customer, actor);
  return customer;
}

const timeoutSeconds = 600;

/** Keeps a copy of the labels as they are, for `resetLabels`. */
export async function keepLabels({ admin }: Pick<Writers, 'admin'>, { database }: Customer): Promise<void> {
  await admin.client.command({
    query: `CREATE TABLE ${database}.kept AS ${database}.conversation_with_labels
      ENGINE = MergeTree PARTITION BY tuple() ORDER BY tuple()`,
  });
  await admin.client.command({
    query: `INSERT INTO ${database}.kept SELECT * FROM ${database}.conversation_with_labels`,
  });
}

/** Brings the labels back to the copy, in one part a partition, as old partitions are. */
export async function resetLabels({ admin }: Pick<Writers, 'admin'>, { database }: Customer): Promise<void> {
  const labels = `${database}.conversation_with_labels`;
  for (const query of [
    `TRUNCATE TABLE ${labels}`,
    `INSERT INTO ${labels} SELECT * FROM ${database}.kept`,
    `OPTIMIZE TABLE ${labels} FINAL`,
  ])
    await admin.client.command({ query, clickhouse_settings: { max_execution_time: timeoutSeconds } });
}
