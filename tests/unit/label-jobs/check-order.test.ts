import { describe, expect, it } from 'vitest';
import { ClickHouse } from '@/lib/clickhouse/client';
import { systemClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import type { JobContext } from '@/lib/label-jobs/job-end';
import { jobs } from '@/lib/label-jobs/jobs';
import { createLog } from '@/lib/log';

const table = { database: 'd', table: 'labels' };
const names = { labels: table, labelsLocal: table, cluster: null, address: 'clickhouse.one:8443' };
const change = {
  ...names,
  scope: {
    ...{ customerId: 'c', profiles: ['p'], database: 'd', timeZone: 'UTC', fromDay: '2026-02-10', toDay: '2026-02-11' },
    ...{ fromMs: Date.parse('2026-02-10'), toMs: Date.parse('2026-02-11') },
  },
  ...{ tag: 'slc:r/2026-02-10/1', backupId: 'r/2026-02-10/1', expect: { rows: 0, hash: '0' } },
};
/** A Job whose ClickHouse may not be asked: nothing listens there. */
const at = (url: string): JobContext => {
  const config = loadConfig({ NODE_ENV: 'test', CLICKHOUSE_URL: url });
  const clickhouse = new ClickHouse({
    url: 'http://127.0.0.1:9',
    user: config.clickhouse.users.deleter,
    log: createLog('test', 'silent'),
  });
  return { config, clock: systemClock, clickhouse };
};
const orders: [keyof typeof jobs, unknown][] = [
  ['delete', change],
  ['kill', { ...names, mutationId: 'm', commandSha256: '0'.repeat(64) }],
  ['drop', { ...names, customerId: 'c', backupIds: ['r/2026-02-10/1'] }],
];

describe.each(orders)('a %s Job', (kind, order) => {
  const check = (ctx: JobContext) =>
    jobs[kind]({ ctx, say: () => undefined, signal: new AbortController().signal }, JSON.stringify(order));

  it('refuses an order for another ClickHouse than it was configured for, before it asks that one', async () => {
    await expect(check(at('https://clickhouse.two:8443'))).rejects.toMatchObject({
      exit: 'orderRefused',
      message:
        'The order is refused: its address of ClickHouse is clickhouse.one:8443, and here it is clickhouse.two:8443.',
    });
    await expect(check(at('http://clickhouse.one:8443/'))).rejects.not.toMatchObject({ exit: 'orderRefused' });
  });
});
