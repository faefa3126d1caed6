import { join } from 'node:path';
import type { Actor } from '@/lib/auth/model';
import { ClickHouse } from '@/lib/clickhouse/client';
import { systemClock } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { addCustomer } from '@/lib/customers/add-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import { type Child, startChild } from '@/lib/embedded/child';
import { demoCustomers } from '@/lib/embedded/demo/plans';
import { seedDemo } from '@/lib/embedded/demo/seed-demo';
import { connectPostgres } from '@/lib/postgres/client';

const actor: Actor = { name: 'demo', role: 'operator', via: 'cli', requestId: 'first start' };

/**
 * Makes the demo's data in new engines and registers its customers. What exists already stays as it is. `config` must
 * be that of the running engines.
 */
export async function prepareDemo({ config, db, log }: Pick<Context, 'config' | 'db' | 'log'>): Promise<void> {
  const clickhouse = new ClickHouse({ url: config.clickhouse.url, user: config.clickhouse.users.admin, log });
  const chats = connectPostgres({ url: config.chats.ownerUrl, log, application: 'slc-supervisor' });
  try {
    const conversations = config.demo.conversations ?? undefined;
    await seedDemo({ clickhouse, chats, log, nowMs: systemClock.now(), conversations });
    const known = new Set((await listCustomers({ db })).map((customer) => customer.id));
    for (const customer of demoCustomers)
      if (!known.has(customer.id)) await addCustomer({ config, db, clickhouse }, customer, actor);
  } finally {
    await Promise.allSettled([chats.close(), clickhouse.close()]);
  }
}

/** Begins the demo's story of a finding that falls back, in a separate process, since nobody waits for it. */
export function startFallBack({ config, root }: { config: Context['config']; root: string }): Child {
  return startChild({
    command: [process.execPath, join(root, 'dist', 'cli.mjs'), 'demo', 'fall-back'],
    cwd: root,
    env: { SLC_LOG_LEVEL: 'warn' },
    logFile: join(config.dataDir, 'logs', 'fall-back.log'),
  });
}
