import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import { fillCustomerTables } from './build-customer';
import { incidentPlan } from './incident';
import { mirrorChats } from './mirror-chats';
import { demoSeed, type SeedOptions } from './seed-demo';
import { demoTables, truncateTable } from './sql/tables';

/**
 * Brings the incident's customer back to how it was at first: truth, labels and chats; backups beside them stay.
 * Not atomic: for about a second the customer has fewer rows. Returns the chats written.
 */
export async function resetIncident(
  options: Pick<SeedOptions, 'clickhouse' | 'chats' | 'seed'>,
): Promise<{ customerId: string; chats: number }> {
  const { clickhouse, chats, seed = demoSeed } = options;
  const plan = incidentPlan(seed);
  const { truth, labels } = demoTables(plan.customer.database);
  for (const table of [truth, labels]) await clickhouse.command(truncateTable, { identifiers: { table } });
  await fillCustomerTables(clickhouse, plan, seed);
  const written = await mirrorChats({ clickhouse, chats, customerId: plan.customer.id, truth });
  return { customerId: plan.customer.id, chats: written };
}

/** Throws AppError('refused') unless the engines are this data folder's own, on loopback, and not production. */
export function requireDemo(config: Config): void {
  const urls = [config.clickhouse.url, config.chats.url];
  const loopback = urls.every(
    (url) => url !== '' && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname),
  );
  const own = config.given.clickhouse === null && config.given.chats === null;
  if (loopback && own && !config.environment.production) return;
  throw new AppError(
    'refused',
    'Only the embedded demo can be reset. This console is connected to other engines, so nothing was changed.',
  );
}
