import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { route } from '@/lib/edge/route';
import { programOf } from '../../support/asked';
import { type TestContext, testContext } from '../../support/context';

let ctx: TestContext;
let ask: Awaited<ReturnType<typeof programOf>>;

beforeAll(async () => {
  ctx = await testContext({ env: { SLC_ACTIONS_PER_MINUTE: '1000' } });
  ask = await programOf(ctx);
});
afterAll(() => ctx.close());

const declaration = { permission: 'read', input: z.object({ q: z.string().optional() }) } as const;

test('a poll that holds the newest answer is told so without a body, and a changed answer comes whole', async () => {
  let rows = ['a'];
  const GET = route({ ...declaration, name: 'tests.polled', shared: true, read: async () => ({ rows }) });
  const first = await ask(GET, '/polled');
  const { revision } = JSON.parse(first.text);
  expect(JSON.parse(first.text)).toEqual({ ok: true, revision, data: { rows: ['a'] } });
  expect(first.etag).toBe(`"${revision}"`);
  expect(await ask(GET, '/polled', first.etag)).toEqual({ status: 304, etag: first.etag, text: '' });
  expect((await ask(GET, '/polled', `"other", W/${first.etag}`)).status).toBe(304);
  rows = ['a', 'b'];
  const second = await ask(GET, '/polled', first.etag);
  expect(JSON.parse(second.text).data).toEqual({ rows: ['a', 'b'] });
  expect((await ask(GET, '/polled', second.etag)).status).toBe(304);
});

test('a route that knows its revision does not read for a poll that holds it', async () => {
  let revision = '7';
  const read = vi.fn(async () => ({ rows: [] }));
  const GET = route({ ...declaration, name: 'tests.revised', revision: async () => revision, read });
  const first = await ask(GET, '/revised');
  expect((await ask(GET, '/revised', first.etag)).status).toBe(304);
  expect(read).toHaveBeenCalledTimes(1);
  revision = '8';
  expect((await ask(GET, '/revised', first.etag)).status).toBe(200);
  expect(read).toHaveBeenCalledTimes(2);
});

test('a change while the answer is read is sent by the next poll', async () => {
  let state = 1;
  const read = async () => {
    state += 1;
    return { state };
  };
  const GET = route({ ...declaration, name: 'tests.raced', revision: async () => String(state), read });
  const first = await ask(GET, '/raced');
  expect(first.etag).toBe('"1"');
  expect((await ask(GET, '/raced', first.etag)).status).toBe(200);
});

test('a failure has no revision, and what a person may not see is not confirmed', async () => {
  const GET = route({
    ...declaration,
    name: 'tests.refused',
    permission: 'backfill.run',
    revision: async () => '1',
    read: async () => 'secret',
  });
  const refused = await ask(GET, '/refused', '"1"');
  expect(refused).toMatchObject({ status: 403, etag: '' });
});
