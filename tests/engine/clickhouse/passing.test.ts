import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ClickHouse } from '@/lib/clickhouse/client';
import { patienceOf } from '@/lib/clickhouse/patience';
import { statement } from '@/lib/clickhouse/statement';
import { messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import type { Patience } from '@/lib/patience';
import { clickhouseProxy, type Treatment } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';

const numbers = statement({
  name: 'tests.numbers',
  text: 'SELECT number FROM numbers(1000)',
  row: z.object({ number: z.string() }),
});
const work = {};
const html = '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center>nginx</center></body></html>';
const page = (status: number, body: string): Treatment => ({ kind: 'page', status, body });
const says = (code: number, text = 'words', status = 500): Treatment => ({
  ...{ kind: 'answer', forward: false },
  ...{ status, code, text },
});

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

/** Each request is treated as the next of `treatments` says, and passed on when there is none left. */
async function through<T>(
  treatments: Treatment[],
  use: (clickhouse: ClickHouse) => Promise<T>,
  retry?: Patience,
): Promise<T> {
  const proxy = await clickhouseProxy(ctx.config.clickhouse.url, () => treatments.shift() ?? { kind: 'pass' });
  const user = ctx.config.clickhouse.users.reader;
  const clickhouse = new ClickHouse({ url: proxy.url, user, log: createLog('tests', 'silent'), retry });
  try {
    return await use(clickhouse);
  } finally {
    await clickhouse.close();
    await proxy.close();
  }
}

const passing: [string, Treatment, string][] = [
  ['a balancer’s page', page(502, html), 'something in between answered “502 Bad Gateway”'],
  ['words of a proxy', page(503, 'no healthy upstream'), 'something in between answered “no healthy upstream”'],
  ['a page that says 200', page(200, '<title>Back soon</title>'), 'something in between answered'],
  ['a gateway’s JSON', page(200, '{"message":"throttled"}'), ''],
  ['a limit of a proxy', page(429, 'Too Many Requests'), 'something in between answered “Too Many Requests”'],
  ['an empty refusal', page(504, ''), 'what came back was empty'],
  ['an empty answer that nobody signed', page(200, ''), ''],
  ['a connection that is cut', { kind: 'cut request' }, ''],
  ['too many queries', says(202, 'Too many simultaneous queries. Maximum: 100'), 'as many queries'],
  ['too many requests of a proxy’s', says(364), 'as many queries'],
  ['a thread that cannot be had', says(439), 'cannot start another thread'],
  ['memory of the whole server', says(241, '(total) memory limit exceeded: would use 60 GiB'), 'no memory to spare'],
  ['a server that stops', says(236, 'shutting down', 503), 'shutting down'],
];

describe('what passes', () => {
  it.each(passing)('%s is "does not answer", in a sentence without markup', async (_, treatment, words) => {
    const unavailable = { code: 'unavailable', message: expect.stringContaining(words) };
    await through([treatment, treatment], async (clickhouse) => {
      const read = await clickhouse.read(numbers, work).catch((error) => error);
      expect(read).toMatchObject(unavailable);
      expect(read.message).toMatch(/^ClickHouse does not answer.*Nothing was changed by this request\.$/);
      expect(read.message).not.toContain('<');
      await expect(clickhouse.command(numbers, work)).rejects.toMatchObject(unavailable);
    });
  });

  it.each(passing.filter(([, { kind }]) => kind === 'page'))('%s leaves open what a command did', (_, treatment) =>
    through([treatment], async (clickhouse) => {
      const message = expect.stringContaining('Look before it is repeated.');
      await expect(clickhouse.command(numbers, work)).rejects.toMatchObject({ code: 'unavailable', message });
    }),
  );

  it('is asked again where there is patience, one after the other, and answered', async () => {
    const said: string[] = [];
    const patience = patienceOf(60_000, 0, (error) => said.push(messageOf(error)));
    const all = [...passing.slice(0, 5).map(([, one]) => one), { kind: 'cut body' } as const];
    const { rows } = await through(all, (clickhouse) => clickhouse.read(numbers, work), patience);
    expect(rows).toHaveLength(1000);
    expect(said).toHaveLength(6);
    expect(said[0]).toContain('“502 Bad Gateway”. Nothing was changed by this request.');
  });
});

it('an answer that is cut, or ends with an exception, is never taken for a whole one', async () => {
  const rest = '"rows": 1, "statistics": {"elapsed": 0.1, "rows_read": 1, "bytes_read": 8}';
  const inside = `{"meta": [], "data": [{"number": "0"}], ${rest}, "exception": "Code: 202. DB::Exception: Too many simultaneous queries. (TOO_MANY_SIMULTANEOUS_QUERIES)"}`;
  const behind = '{"meta": [], "data": [{"number": "0"}\r\nCode: 210. DB::Exception: Connection reset. (NETWORK_ERROR)';
  for (const treatment of [{ kind: 'cut body' } as const, page(200, inside), page(200, behind)])
    await through([treatment], (clickhouse) =>
      expect(clickhouse.read(numbers, work)).rejects.toMatchObject({ code: 'unavailable' }),
    );
});

it.each([
  ['a limit of the query itself', says(241, 'Query memory limit exceeded: would use 4 GiB'), 'limit'],
  ['a user who is refused', says(516, 'Authentication failed', 403), 'refused'],
])('%s is asked once, and a refused user again for as long as is said', async (_, treatment, code) => {
  const patience = patienceOf(60_000, 0);
  await through(
    [treatment],
    (clickhouse) => expect(clickhouse.read(numbers, work)).rejects.toMatchObject({ code }),
    patience,
  );
  if (code === 'limit') return;
  const longer = patienceOf(60_000);
  const { rows } = await through([treatment, treatment], (clickhouse) => clickhouse.read(numbers, work), longer);
  expect(rows).toHaveLength(1000);
});

it('a command is never repeated, with whatever patience', async () => {
  const patience = patienceOf(60_000);
  const [, treatment] = passing[0] ?? [];
  await through(
    treatment ? [treatment] : [],
    (clickhouse) => expect(clickhouse.command(numbers, work)).rejects.toMatchObject({ code: 'unavailable' }),
    patience,
  );
});
