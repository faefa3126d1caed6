import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ClickHouse } from '@/lib/clickhouse/client';
import { statement } from '@/lib/clickhouse/statement';
import { createLog } from '@/lib/log';
import { clickhouseProxy } from '../support/clickhouse-proxy';
import { type TestContext, testContext } from '../support/context';

const one = statement({
  name: 'tests.one',
  text: 'SELECT 1 AS one',
  params: z.object({}),
  row: z.object({ one: z.number() }),
});
const work = { params: {}, names: undefined };
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

it.each([
  ['an engine behind the server that ended', 210],
  ['a shard that does not answer', 279],
  ['a Keeper that is away', 999],
  ['a server that shuts down', 236],
])('%s is "does not answer": a read changed nothing, of a command nobody knows', async (_, code) => {
  const text = 'away';
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, () => ({
    kind: 'answer',
    forward: false,
    status: 503,
    code,
    text,
  }));
  const clickhouse = new ClickHouse({ url: proxy.url, user: ctx.config.clickhouse.users.reader, log: ctx.log });
  const unavailable = (message: string) => ({ code: 'unavailable', message: expect.stringContaining(message) });
  await expect(clickhouse.read(one, work)).rejects.toMatchObject(unavailable('Nothing was changed'));
  await expect(clickhouse.command(one, work)).rejects.toMatchObject(unavailable('not known'));
  await clickhouse.close();
  await proxy.close();
});

it.each([
  ['a right that was withdrawn', 497],
  ['a password that was changed', 516],
  ['a user that is gone', 192],
])('%s is told with the user’s name, and nothing was changed', async (_, code) => {
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, () => ({
    kind: 'answer',
    forward: false,
    status: 403,
    code,
    text: 'denied',
  }));
  const clickhouse = new ClickHouse({
    url: proxy.url,
    user: ctx.config.clickhouse.users.reader,
    log: createLog('tests', 'silent'),
  });
  const message = expect.stringMatching(/^ClickHouse refuses this to its user slc_reader.*Nothing was changed/);
  await expect(clickhouse.read(one, work)).rejects.toMatchObject({ code: 'refused', message });
  await expect(clickhouse.command(one, work)).rejects.toMatchObject({ code: 'refused', message });
  await clickhouse.close();
  await proxy.close();
});
