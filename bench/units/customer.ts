import type { Actor } from '@/lib/auth/model';
import type { ClickHouse } from '@/lib/clickhouse/client';
import type { Context } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { addDays, daysBetween } from '@/lib/days';
import { agentNames } from '@/lib/embedded/demo/model';
import { seedCustomer } from '@/lib/embedded/demo/seed-demo';
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
  await seedCustomer({ clickhouse: admin, chats }, { customer, blocks: [block], rows: { truth: [], labels: [] } });
  await addCustomer(ctx, customer, actor);
  return customer;
}
