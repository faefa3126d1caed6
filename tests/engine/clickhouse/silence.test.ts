import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ClickHouse } from '@/lib/clickhouse/client';
import { statement } from '@/lib/clickhouse/statement';
import { createLog } from '@/lib/log';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import { until } from '../../support/until';

const one = statement({
  name: 'tests.one',
  text: 'SELECT 1 AS one',
  row: z.object({ one: z.number() }),
});
const slow = statement({ ...one, name: 'tests.slow', text: 'SELECT sleep(1.5) AS one' });
const late = statement({
  ...one,
  name: 'tests.late',
  text: "SELECT sleep(1) + throwIf(sleep(1) = 0, 'no way') AS one",
});
const endless = statement({
  ...one,
  name: 'tests.endless',
  text: 'SELECT sum(sleepEachRow(0.1)) AS one FROM numbers(3000) SETTINGS max_block_size = 1',
});
const countEndless = statement({
  ...one,
  name: 'tests.count_endless',
  text: "SELECT 1 AS one FROM system.processes WHERE query LIKE 'SELECT sum(sleepEachRow%'",
});
const work = {};
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

it('an engine that falls silent is given up within the patience, and one that is only slow is not', async () => {
  let frozen = true;
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, () => ({ kind: frozen ? 'hold request' : 'pass' }));
  const user = ctx.config.clickhouse.users.reader;
  const clickhouse = new ClickHouse({ url: proxy.url, user, log: ctx.log, patienceMs: 400 });
  const unavailable = (message: string) => ({ code: 'unavailable', message: expect.stringContaining(message) });
  await expect(clickhouse.read(one, work)).rejects.toMatchObject(unavailable('Nothing was changed'));
  await expect(clickhouse.command(one, work)).rejects.toMatchObject(unavailable('not known'));
  frozen = false;
  expect((await clickhouse.read(slow, work)).rows).toEqual([{ one: 0 }]);
  await clickhouse.close();
  await proxy.close();
});

it('a read is given up as "does not answer" when its own time or that of its request is over', async () => {
  const over = () => AbortSignal.timeout(200);
  const unavailable = { code: 'unavailable', message: expect.stringContaining('ClickHouse does not answer') };
  await expect(ctx.clickhouse.read(slow, { ...work, signal: over() })).rejects.toMatchObject(unavailable);
  await expect(ctx.clickhouse.within({ signal: over() }).read(slow, work)).rejects.toMatchObject(unavailable);
});

it('nothing is asked once whoever asked has gone', async () => {
  const reached: string[] = [];
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, (sql) => {
    reached.push(sql);
    return { kind: 'hold request' };
  });
  const clickhouse = new ClickHouse({ url: proxy.url, user: ctx.config.clickhouse.users.reader, log: ctx.log });
  const gone = AbortSignal.abort(new Error('gone'));
  await expect(clickhouse.within({ signal: gone }).read(one, work)).rejects.toThrow('gone');
  await expect(clickhouse.command(one, { ...work, signal: gone })).rejects.toThrow('gone');
  expect(reached).toEqual([]);
  await clickhouse.close();
  await proxy.close();
});

it('a read whose asker has gone ends at the engine', async () => {
  const asker = new AbortController();
  const answer = ctx.clickhouse.within({ signal: asker.signal }).read(endless, work);
  answer.catch(() => {});
  const running = async () => (await ctx.clickhouse.read(countEndless, work)).rows.length;
  await until('it runs', async () => (await running()) === 1);
  asker.abort();
  await expect(answer).rejects.toThrow();
  await until('it is gone', async () => (await running()) === 0);
});

it('a statement that takes long shows its progress to whatever stands between, and still fails as itself', async () => {
  const answers: IncomingHttpHeaders[] = [];
  const proxy = await clickhouseProxy(
    ctx.config.clickhouse.url,
    () => ({ kind: 'pass' }),
    (headers) => answers.push(headers),
  );
  const clickhouse = new ClickHouse({ url: proxy.url, user: ctx.config.clickhouse.users.reader, log: ctx.log });
  const settings = { http_headers_progress_interval_ms: 100 };
  await clickhouse.read(slow, { ...work, settings });
  await expect(clickhouse.read(late, { ...work, settings })).rejects.toMatchObject({ code: '395' });
  expect(answers.map((headers) => headers['x-clickhouse-progress'])).toEqual([expect.anything(), expect.anything()]);
  await clickhouse.close();
  await proxy.close();
});
