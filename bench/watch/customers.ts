import type { ClickHouse } from '@/lib/clickhouse/client';
import { addDays, dayOf, dayStartMs } from '@/lib/days';
import { inLanes } from '@/lib/detection/judge/lanes';
import { createCustomerTables } from '@/lib/embedded/demo/build-customer';
import type { WatchStack } from './stack';

const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Africa/Cairo'];
export const watchedDays = 35;
/** Conversations of a customer's day. */
const aDay = 12;
const dayMs = 86_400_000;

export type Watched = { id: string; database: string; timeZone: string; fromMs: number };

const idOf = (at: number) => `watched-${String(at).padStart(3, '0')}`;

/** So many customers with the same small tables, whose labels are right, and registers them. */
export async function makeCustomers({ ctx, admin }: WatchStack, customers: number): Promise<Watched[]> {
  const made = Array.from({ length: customers }, (_, at): Watched => {
    const timeZone = zones[at % zones.length] ?? 'UTC';
    const today = dayOf(Date.now(), timeZone);
    const fromMs = dayStartMs(addDays(today, -watchedDays), timeZone);
    return { id: idOf(at), database: idOf(at).replace('-', '_'), timeZone, fromMs };
  });
  await inLanes(
    made,
    async (one) => {
      await createCustomerTables(admin, one.database, { cluster: 'slc' });
      await fill(admin, one);
    },
    8,
  );
  await ctx.db.pool.query(
    `INSERT INTO customers (id, display_name, database_name, time_zone)
     SELECT c->>'id', c->>'id', c->>'database', c->>'timeZone' FROM jsonb_array_elements($1::jsonb) AS c`,
    [JSON.stringify(made)],
  );
  await ctx.db.pool.query("INSERT INTO customer_profiles (customer_id, profile_id) SELECT id, 'main' FROM customers");
  return made;
}

const instant = (ms: string) => `fromUnixTimestamp64Milli(toInt64(${ms}), 'UTC')`;

async function fill(admin: ClickHouse, { id, database, fromMs }: Watched): Promise<void> {
  const start = `${fromMs} + intDiv(number * ${dayMs}, ${aDay}) + 3600000`;
  const from = `FROM numbers(${aDay * watchedDays - aDay})`;
  const common = `'${id}' AS customer_id, 'main' AS profile_id, concat('c', toString(number)) AS conversation_id,
    concat('agent-', toString(number % 7)) AS agent_user_id, concat('usecase-', toString(number % 3)) AS usecase_id,
    ${instant(start)} AS conversation_start_time, ${instant(`${start} + 600000`)} AS conversation_end_time,
    toDateTime(${instant(`${start} + 660000`)}) AS update_time`;
  const run = (query: string) => admin.client.command({ query });
  await run(`INSERT INTO ${database}.conversation (customer_id, profile_id, conversation_id, agent_user_id, usecase_id,
    conversation_start_time, conversation_end_time, update_time, channel) SELECT ${common}, 'chat' ${from}`);
  await run(`INSERT INTO ${database}.conversation_with_labels (customer_id, profile_id, conversation_id, agent_user_id,
    usecase_id, conversation_start_time, conversation_end_time, update_time, has_agent_assistance)
    SELECT ${common}, 1 ${from}`);
}

export type Change = { customerId: string; day: string; atMs: number };

/** How many of the changes are on the newest days, and how many days these are. The others are on any day. */
const recent = { share: 0.9, days: 3 };

/** A new version of one conversation's truth, with an agent that its label does not have. Both seeds are in [0, 1). */
export async function change(
  { admin, clock }: WatchStack,
  one: Watched,
  [when, seed]: [number, number],
): Promise<Change> {
  const conversations = aDay * (watchedDays - 1);
  const among = when < recent.share ? aDay * recent.days : conversations;
  const number = conversations - 1 - Math.floor(seed * among);
  const startMs = one.fromMs + Math.floor((number * dayMs) / aDay) + 3_600_000;
  const text = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
  await admin.client.insert({
    table: `${one.database}.conversation`,
    format: 'JSONEachRow',
    values: [
      {
        customer_id: one.id,
        profile_id: 'main',
        conversation_id: `c${number}`,
        agent_user_id: `agent-of-${Math.floor(seed * 1e9)}`,
        usecase_id: `usecase-${number % 3}`,
        channel: 'chat',
        conversation_start_time: text(startMs),
        conversation_end_time: text(startMs + 600_000),
        update_time: new Date(clock.now()).toISOString().replace('T', ' ').slice(0, 19),
      },
    ],
  });
  return { customerId: one.id, day: dayOf(startMs, one.timeZone), atMs: clock.now() };
}
