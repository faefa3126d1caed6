import type { Actor } from '@/lib/auth/model';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import type { Strategy } from '@/lib/backfill/state/name-model';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, type Scope, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { addDays, dayOf, daysBetween } from '@/lib/days';
import { agentNames, type DemoPlan } from '@/lib/embedded/demo/model';
import { seedCustomer } from '@/lib/embedded/demo/seed-demo';
import { createChats } from '@/lib/embedded/demo/sql/chats';
import { AppError } from '@/lib/errors';
import { createBackupTable } from '@/lib/label-jobs/sql/change';
import { randomOf } from './random';
import type { FaultStack } from './stack';

export const daysOfRepair = 10;
const zones = ['UTC', 'America/New_York', 'Asia/Kathmandu', 'Africa/Cairo'];
const bench: Actor = { name: 'bench', role: 'operator', via: 'cli', requestId: 'faults' };

export type Subject = { customer: Customer; agents: string[]; useCases: string[]; range: Scope };

/** Customers with stale, missing and duplicate labels on the ten days up to the day before yesterday. */
export async function makeCustomers(
  stack: FaultStack,
  options: { seed: number; customers: number; conversationsADay: number; prefix?: string },
): Promise<Subject[]> {
  for (const create of createChats) await stack.chats.query(create);
  const subjects: Subject[] = [];
  for (let at = 0; at < options.customers; at += 1) {
    const plan = planOf(at, options);
    await seedCustomer({ clickhouse: stack.admin, chats: stack.chats, seed: options.seed }, plan);
    await addCustomer(stack.ctx, plan.customer, bench);
    const [first = '', last = ''] = [plan.blocks[0]?.days[0], plan.blocks[0]?.days.at(-1)];
    const range = scopeOf(plan.customer, first, addDays(last, 1));
    await prepareLabels(stack, plan.customer);
    const [block] = plan.blocks;
    subjects.push({ customer: plan.customer, agents: block?.agents ?? [], useCases: block?.useCases ?? [], range });
  }
  return subjects;
}

/**
 * The label table remembers inserted blocks like a Replicated table; the backup table is on a disk that can fill up.
 */
async function prepareLabels(stack: FaultStack, customer: Customer): Promise<void> {
  const { labels, cluster } = await readTables(stack.ctx, customer);
  const { database, table } = labels.local;
  await stack.admin.client.command({
    query: `ALTER TABLE ${database}.${table} MODIFY SETTING non_replicated_deduplication_window = 100`,
  });
  await stack.admin.command(createBackupTable, {
    identifiers: { labelsLocal: labels.local, cluster, columns: labels.columns },
  });
}

function planOf(at: number, options: { seed: number; conversationsADay: number; prefix?: string }): DemoPlan {
  const random = randomOf(options.seed, `customer ${at}`);
  const timeZone = zones[at % zones.length] ?? 'UTC';
  const id = `${options.prefix ?? 'faults'}-${'abcdefgh'[at] ?? at}`;
  const today = dayOf(Date.now(), timeZone);
  const days = daysBetween(addDays(today, -daysOfRepair - 1), addDays(today, -1));
  const each = (least: number, most: number) => days.map(() => random.whole(least, most));
  const most = options.conversationsADay;
  const block = {
    name: 'ten days',
    days,
    counts: each(Math.ceil(most / 2), most),
    agents: agentNames(12, at * 12),
    useCases: ['orders-chat', 'returns-chat', 'billing-chat', 'orders-voice'],
    faults: { stale: each(0, 300), missing: each(0, 80), duplicate: each(0, 120) },
  };
  const customer = { id, displayName: id, profiles: ['main', 'other'], database: id.replace('-', '_'), timeZone };
  return { customer, blocks: [block], rows: { truth: [], labels: [] } };
}

/** The options that this build supports. */
export async function strategiesOf(stack: FaultStack, [subject]: Subject[]): Promise<Strategy[]> {
  if (!subject) return ['replace'];
  const { customer, range } = subject;
  const request = { customerId: customer.id, fromDay: range.fromDay, toDay: range.toDay, strategy: 'no-gap' as const };
  const known = await planBackfill(stack.ctx, request).catch((error) => {
    if (error instanceof AppError && error.code === 'refused') return null;
    throw error;
  });
  return known ? ['replace', 'no-gap'] : ['replace'];
}
