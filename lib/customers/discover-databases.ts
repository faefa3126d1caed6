import { ClickHouseError } from '@clickhouse/client';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { listCustomers } from './list-customers';
import type { DiscoveredDatabase } from './model';
import { selectDatabases, selectOwners } from './sql/data';

const secondsPerDatabase = 20;

/**
 * The databases that hold both tables, the customers in their data, and those that are registered. A database that is
 * too large to be counted in 20 seconds, or whose truth cannot be used, is listed without customers, and logged.
 */
export async function discoverDatabases(
  ctx: Pick<Context, 'db' | 'clickhouse' | 'config' | 'log'>,
): Promise<DiscoveredDatabase[]> {
  const { truth, labels } = ctx.config.clickhouse.tables;
  const [databases, registered] = await Promise.all([
    ctx.clickhouse.read(selectDatabases, { params: { truth, labels } }),
    listCustomers(ctx),
  ]);
  const found: DiscoveredDatabase[] = [];
  for (const { database } of databases.rows) {
    found.push({
      database,
      customers: await owners(ctx, database, truth),
      registeredAs: registered.filter((customer) => customer.database === database).map((customer) => customer.id),
    });
  }
  return found;
}

async function owners(
  ctx: Pick<Context, 'clickhouse' | 'log'>,
  database: string,
  table: string,
): Promise<DiscoveredDatabase['customers']> {
  try {
    const { rows } = await ctx.clickhouse.read(selectOwners, {
      identifiers: { truth: { database, table } },
      timeoutSeconds: secondsPerDatabase,
    });
    const byCustomer = new Map<string, DiscoveredDatabase['customers'][number]>();
    for (const { customerId, profileId, conversations } of rows) {
      const entry = byCustomer.get(customerId) ?? { customerId, profiles: [], conversations: 0 };
      entry.profiles.push(profileId);
      entry.conversations += conversations;
      byCustomer.set(customerId, entry);
    }
    return [...byCustomer.values()];
  } catch (error) {
    const isItsOwn =
      error instanceof ClickHouseError || (error instanceof AppError && ['limit', 'refused'].includes(error.code));
    if (!isItsOwn) throw error;
    ctx.log.warn({ database, err: error }, 'the customers of a database could not be listed');
    return [];
  }
}
