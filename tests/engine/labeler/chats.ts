import { afterAll, beforeAll, beforeEach } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import type { Customer } from '@/lib/customers/model';
import { rangeEndName, rangeStartName } from '@/lib/labeler/model';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase, freshName } from '../../support/fresh';
import { operator } from '../../support/repair';

export const hour = 3_600_000;
export const midnight = Date.UTC(2026, 4, 4);
export const at = (hours: number) => new Date(midnight + hours * hour).toISOString();

/** The labeler's range, in hours after midnight. */
export const range = (from: number, to: number) => ({ [rangeStartName]: at(from), [rangeEndName]: at(to) });

/** A customer with two profiles in UTC. */
export async function register(ctx: TestContext, database: string): Promise<Customer> {
  const id = freshName('airline');
  return addCustomer(ctx, { id, displayName: id, profiles: ['p', 'q'], database, timeZone: 'UTC' }, operator);
}

/** [id, agent, use case, end in hours (null = 1970), profile], newest row per key. */
export async function labelsOf(ctx: TestContext, customer: Customer): Promise<unknown[][]> {
  const result = await ctx.admin.client.query({
    query: `SELECT conversation_id, agent_user_id, usecase_id, toUnixTimestamp64Milli(conversation_end_time), profile_id
            FROM ${customer.database}.conversation_with_labels_d FINAL
            WHERE customer_id = {customer:String}
            ORDER BY conversation_id, conversation_end_time, agent_user_id`,
    query_params: { customer: customer.id },
    format: 'JSONCompactEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
  const rows = await result.json<[string, string, string, number, string]>();
  return rows.map(([id, agent, useCase, end, profile]) => [
    id,
    agent,
    useCase,
    end === 0 ? null : (end - midnight) / hour,
    profile,
  ]);
}

/** A context for the tests of a file, and for each test a new customer with its own database. */
export function labelerStage() {
  let ctx: TestContext;
  let customer: Customer;
  beforeAll(async () => {
    ctx = await testContext();
  });
  afterAll(() => ctx?.close());
  beforeEach(async () => {
    customer = await register(ctx, await freshDatabase());
  });
  return {
    get ctx() {
      return ctx;
    },
    get customer() {
      return customer;
    },
    set customer(other: Customer) {
      customer = other;
    },
    labels: () => labelsOf(ctx, customer),
  };
}
