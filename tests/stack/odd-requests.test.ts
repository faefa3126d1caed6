import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, callAction, demoCookie } from './support/ask';
import { builtActions, builtRoutes, type Entry } from './support/entries';
import { type Database, startDatabase, startWeb, type Web } from './support/web';

const metricsToken = 'of-the-odd-requests';

let database: Database;
let web: Web;
let cookie: string;

beforeAll(async () => {
  database = await startDatabase();
  web = await startWeb(database, {
    env: { SLC_ACTIONS_PER_MINUTE: '1000', SLC_SIGN_INS_PER_MINUTE: '1000', SLC_METRICS_TOKEN: metricsToken },
  });
  cookie = await demoCookie(web.url, 'approver');
});
afterAll(async () => {
  await web?.stop();
  await database?.stop();
});

const megabyte = 1 << 20;
const tooLarge = 'This request is larger than 1 MB, the most that the console accepts. Nothing was changed.';
const actions = builtActions();
const routes = await builtRoutes();
// NOTE: an action that cannot end the session, as signing out would.
const control = actions.find(({ exportName }) => exportName === 'controlRun') as Entry;
const act = (entry: Entry, bytes: number) => callAction(web.url, entry, [{ reason: 'x'.repeat(bytes) }], { cookie });
const post = (path: string, bytes: number) =>
  fetch(web.url + path, { method: 'POST', headers: { origin: web.url, cookie }, body: 'x'.repeat(bytes) });

async function isRefused(response: Response): Promise<void> {
  expect(response.status).toBe(413);
  expect(await response.text()).toBe(tooLarge);
  expect(response.headers.get('content-type')).toBe('text/plain');
}

describe('a body larger than what is read', () => {
  test.each(actions.map((entry) => [entry.exportName, entry] as const))(
    'of 2 MB is refused to the action %s in a sentence that Next’s client shows',
    async (_, entry) => isRefused(await act(entry, 2 * megabyte)),
  );

  test('of 50 MB as well', async () => isRefused(await act(control, 50 * megabyte)));

  test.each([2, 50])('of %i MB, posted to any route handler, is refused as JSON', async (megabytes) => {
    for (const { path } of megabytes > 2 ? routes.slice(0, 2) : routes) {
      const response = await post(path, megabytes * megabyte);
      expect([response.status, await response.json()], path).toEqual([
        413,
        { ok: false, error: { code: 'invalid_input', message: tooLarge, requestId: expect.any(String) } },
      ]);
    }
  });

  test('of 100 kB is not even read for somebody without a session', async () => {
    for (const cookie of ['', 'slc_session=forged'])
      expect((await callAction(web.url, control, [{ reason: 'x'.repeat(100_000) }], { cookie })).status).toBe(401);
    expect((await act(control, 100_000)).status).toBe(200);
  });

  test('that does not say its size is refused before it is read', async () => {
    const body = new Blob(['x'.repeat(1_000)]).stream();
    const unsized: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { origin: web.url, cookie, 'next-action': control.actionId ?? '' },
      body,
      duplex: 'half',
    };
    const response = await fetch(`${web.url}${control.path}`, unsized);
    expect([response.status, await response.text()]).toEqual([
      411,
      expect.stringMatching(/^This request has no Content-Length/),
    ]);
  });

  test('changes nothing and leaves no error in the log: the session acts on, and the audit has the sign-in alone', async () => {
    await act(control, 2 * megabyte);
    expect(await ask(web.url, control, { cookie })).toBe('invalid_input');
    const { rows } = await database.db.pool.query('SELECT DISTINCT action FROM audit');
    expect(rows).toEqual([{ action: 'auth.signIn' }]);
    expect(web.output()).not.toMatch(/"level":[56]0/);
  });
});

test('a body that is just small enough reaches the action', async () => {
  const response = await act(control, megabyte - 1_000);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('"code":"invalid_input"');
});

test('a body of unknown size that says Next handed it on is read to Next’s own limit and reaches no action', async () => {
  const handedOn: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: { origin: web.url, cookie, 'next-action': control.actionId ?? '', 'x-action-forwarded': '1' },
    body: new Blob([JSON.stringify([{ reason: 'x'.repeat(3 * megabyte) }])]).stream(),
    duplex: 'half',
  };
  const response = await fetch(web.url + control.path, handedOn);
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('"ok"')]);
  expect(web.output()).toContain('Body exceeded 1mb limit');
});

test('an action that is sent from a page that does not hold it, and so is handed on by Next, is reached', async () => {
  for (const path of ['/customers', '/backfills', '/audit'])
    expect(await ask(web.url, { ...control, path }, { cookie }), path).toBe('invalid_input');
});

describe('what is not the console’s own way of asking', () => {
  const status = async (path: string, init: RequestInit = {}) =>
    (await fetch(web.url + path, { redirect: 'manual', ...init })).status;

  test('a path that is no UTF-8, and a way back in another alphabet, are no errors of the console', async () => {
    for (const sent of ['', cookie]) {
      expect(await status('/customers/%ff', { headers: { cookie: sent } })).toBe(400);
      expect(await status('/api/customers/%c3%28', { headers: { cookie: sent } })).toBe(400);
      expect(
        await status(`/sign-in?returnTo=${encodeURIComponent('/customers/Ж')}`, { headers: { cookie: sent } }),
      ).toBeLessThan(400);
    }
  });

  test('pictures are not made smaller here', async () => {
    for (const sent of ['', cookie])
      expect(await status('/_next/image?url=%2Ffavicon.svg&w=64&q=75', { headers: { cookie: sent } })).toBe(404);
  });

  test('every file of public/ is served without a sign-in, and a link preview finds its picture', async () => {
    const files = readdirSync('public');
    expect(files).toContain('robots.txt');
    for (const file of files) {
      const answer = await fetch(`${web.url}/${file}`, { redirect: 'manual' });
      expect(answer.status, file).toBe(200);
      expect(Buffer.from(await answer.arrayBuffer()).equals(readFileSync(`public/${file}`)), file).toBe(true);
    }
    const page = await (await fetch(`${web.url}/customers`)).text();
    expect(page).toContain(`<meta property="og:image" content="${web.url}/link-preview.png"/>`);
    expect(page).toContain('<link rel="icon" href="/favicon.svg"/>');
  });

  test('the metrics are for who has their token', async () => {
    const as = (authorization: string) => status('/api/metrics', { headers: { authorization } });
    expect(await status('/api/metrics')).toBe(401);
    expect(await status('/api/metrics', { headers: { cookie } })).toBe(401);
    expect(await as('Bearer wrong')).toBe(401);
    expect(await as(`Bearer ${metricsToken}`)).toBe(200);
  });
});

test('where it listens to the network nobody is offered to choose who they are', async () => {
  expect(await (await fetch(`${web.url}/sign-in`)).text()).toContain('Choose who you are');
  const open = await startWeb(database, { env: { HOST: '0.0.0.0' } });
  try {
    const answer = await fetch(`${open.url}/sign-in`);
    expect(await answer.text()).toContain('No sign-in is set up here');
    // Longer than a balancer keeps an idle connection, or a command meets one that closes.
    expect(Number(answer.headers.get('keep-alive')?.replace('timeout=', ''))).toBeGreaterThan(60);
  } finally {
    await open.stop();
  }
});
