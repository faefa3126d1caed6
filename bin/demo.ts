import './support/version-option';

import { parseArgs } from 'node:util';
import { ClickHouse } from '@/lib/clickhouse/client';
import { systemClock } from '@/lib/clock';
import { loadConfig, requireEngines } from '@/lib/config';
import { requireDemo } from '@/lib/embedded/demo/reset-incident';
import { seedDemo } from '@/lib/embedded/demo/seed-demo';
import { messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';

const usage = `Usage: npm run demo -- --conversations <count>

Replaces the data of the large customer (contoso) of a running embedded demo by that many conversations over 30 days.
Exit codes: 0 done, 1 failed, 2 wrong arguments.`;

/** The number of conversations; null where the usage is to be printed. */
function readArguments(): number | null {
  const { values } = parseArgs({ options: { conversations: { type: 'string' }, help: { type: 'boolean' } } });
  const conversations = Number(values.conversations);
  if (values.help || !Number.isSafeInteger(conversations) || conversations < 30 || conversations > 200_000_000)
    return null;
  return conversations;
}

async function main(): Promise<number> {
  const conversations = readArguments();
  if (conversations === null) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const config = loadConfig();
  requireEngines(config);
  requireDemo(config);
  const log = createLog('demo', config.logLevel);
  const clickhouse = new ClickHouse({ url: config.clickhouse.url, user: config.clickhouse.users.admin, log });
  const chats = connectPostgres({ url: config.chats.ownerUrl, log, application: 'slc-demo' });
  try {
    const seeded = await seedDemo({ clickhouse, chats, log, nowMs: systemClock.now(), conversations });
    for (const { customerId, chats: count } of seeded) process.stdout.write(`${customerId}: ${count} conversations\n`);
    if (seeded.length === 0) process.stdout.write(`contoso already has ${conversations} conversations\n`);
    return 0;
  } finally {
    await Promise.allSettled([chats.close(), clickhouse.close()]);
  }
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  return 1;
});
