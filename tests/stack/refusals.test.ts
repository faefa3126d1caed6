import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { may, type Role, roles } from '@/lib/auth/permissions';
import { loadConfig } from '@/lib/config';
import { declare } from '@/lib/edge/declared';
import { createToken } from '@/lib/sign-in/create-token';
import { ask, demoCookie } from './support/ask';
import { builtActions, builtPages, builtRoutes, declaredBy, type Entry } from './support/entries';
import { type Database, startDatabase, startWeb, useUp, type Web } from './support/web';

/** Entries that anybody may call: one more here is a decision. */
const openEntries = [
  'GET /api/auth/callback',
  'GET /api/auth/sign-in',
  'GET /api/health',
  'GET /api/metrics',
  'GET /api/ready',
  'app/sign-in/actions.ts signIn',
  'app/sign-in/actions.ts signOut',
];
/** Actions that a viewer may call: they read, or touch what is the viewer's own. */
const viewersActions = [
  'lib/customers/actions.ts checkCustomer',
  'lib/detection/scan/actions.ts quickCheck',
  'lib/find/actions.ts findAnything',
  'lib/sign-in/actions.ts endSession',
];

let database: Database;
let web: Web;
const cookies = {} as Record<Role, string>;
let entries: Entry[];

beforeAll(async () => {
  database = await startDatabase();
  web = await startWeb(database, { env: { SLC_ACTIONS_PER_MINUTE: '1000' } });
  for (const role of roles) cookies[role] = await demoCookie(web.url, role);
  entries = [...builtActions(), ...(await builtRoutes())];
});
afterAll(async () => {
  await web?.stop();
  await database?.stop();
});

function theAction(exportName: string): Entry {
  const entry = entries.find((each) => each.exportName === exportName);
  if (!entry) throw new Error(`the build has no action ${exportName}`);
  return entry;
}

async function guarded() {
  const all = await Promise.all(entries.map(async (entry) => ({ entry, declared: await declaredBy(entry) })));
  return all.flatMap(({ entry, declared }) =>
    declared && 'permission' in declared ? [{ entry, permission: declared.permission }] : [],
  );
}

const named = (rows: { entry: Entry; outcome: string }[]) => rows.map(({ entry, outcome }) => [entry.name, outcome]);
const all = <Row extends { entry: Entry }>(rows: Row[], outcome: string) =>
  rows.map(({ entry }) => [entry.name, outcome]);

describe('every action and route handler of the built app', () => {
  test('declares a permission, or why it needs none', async () => {
    expect(entries.filter((entry) => entry.kind === 'action').length).toBeGreaterThan(5);
    expect(entries.filter((entry) => entry.kind === 'route').length).toBeGreaterThan(10);
    const declared = await Promise.all(entries.map(async (entry) => [entry.name, await declaredBy(entry)] as const));
    expect(declared.filter(([, one]) => one === null).map(([name]) => name)).toEqual([]);
  });

  test('is open to everybody only where this test says so', async () => {
    const declared = await Promise.all(entries.map(async (entry) => [entry.name, await declaredBy(entry)] as const));
    const open = declared.filter(([, one]) => one && 'openBecause' in one).map(([name]) => name);
    expect(open.sort()).toEqual(openEntries);
  });

  test('lets a viewer act only where this test says so', async () => {
    const actions = (await guarded()).filter(({ entry }) => entry.kind === 'action');
    const viewers = actions.filter(({ permission }) => may('viewer', permission)).map(({ entry }) => entry.name);
    expect(viewers.sort()).toEqual(viewersActions);
  });

  test('refuses whoever is not signed in', async () => {
    const asked = await guarded();
    const rows = await inTurn(asked, async ({ entry }) => ({ entry, outcome: await ask(web.url, entry) }));
    expect(named(rows)).toEqual(all(asked, 'unauthenticated'));
  });

  test('refuses a session id that was made up', async () => {
    const cookie = 'slc_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const asked = await guarded();
    const rows = await inTurn(asked, async ({ entry }) => ({ entry, outcome: await ask(web.url, entry, { cookie }) }));
    expect(named(rows)).toEqual(all(asked, 'unauthenticated'));
  });

  test.each(roles)('refuses %s what the role does not include, and nothing else', async (role) => {
    const asked = await guarded();
    const rows = await inTurn(asked, async ({ entry, permission }) => ({
      entry,
      wanted: may(role, permission) ? 'let in' : 'forbidden',
      outcome: await ask(web.url, entry, { cookie: cookies[role] }),
    }));
    const judged = rows.map((row) => ({
      ...row,
      outcome: ['unauthenticated', 'forbidden'].includes(row.outcome) ? row.outcome : 'let in',
    }));
    expect(named(judged)).toEqual(rows.map(({ entry, wanted }) => [entry.name, wanted]));
  });

  test('takes no input but what its schema knows', async () => {
    const actions = (await guarded()).filter(({ entry }) => entry.kind === 'action');
    const rows = await inTurn(actions, async ({ entry }) => ({
      entry,
      outcome: await ask(web.url, entry, { cookie: cookies.approver }),
    }));
    expect(named(rows)).toEqual(all(actions, 'invalid_input'));
  });

  test('refuses what another site sends, and what says not where it is from', async () => {
    const actions = entries.filter((entry) => entry.kind === 'action');
    for (const origin of ['https://elsewhere.example', 'null', `${web.url}.elsewhere.example`]) {
      const rows = await inTurn(actions, async ({ ...entry }) => ({
        entry,
        outcome: await ask(web.url, entry, { cookie: cookies.approver, origin }),
      }));
      expect(named(rows)).toEqual(actions.map((entry) => [entry.name, 'forbidden']));
    }
    const missing = await fetch(`${web.url}/customers`, { method: 'POST', headers: { cookie: cookies.approver } });
    expect(missing.status).toBe(403);
  });
});

test('a person who acts too often is told when to try again, and nobody else is held up', async () => {
  const cookie = await demoCookie(web.url, 'approver', 'Hasty');
  expect(await ask(web.url, theAction('requestScan'), { cookie })).toBe('invalid_input');
  await useUp(database, 'action-person', 'Hasty');
  expect(await ask(web.url, theAction('requestScan'), { cookie })).toBe('limit');
  expect(await ask(web.url, theAction('requestScan'), { cookie: cookies.approver })).toBe('invalid_input');
  for (const stops of ['controlRun', 'cancelScan', 'withdrawApproval', 'endSession'])
    expect([stops, await ask(web.url, theAction(stops), { cookie })]).toEqual([stops, 'invalid_input']);
});

test('a stranger who asks without end locks nobody out, and costs one short line of log each', async () => {
  const before = web.output().length;
  const strangers = Array.from({ length: 130 }, () => ask(web.url, theAction('requestScan')));
  expect(new Set(await Promise.all(strangers))).toEqual(new Set(['unauthenticated']));
  expect((web.output().length - before) / 130).toBeLessThan(500);
  await demoCookie(web.url, 'viewer', 'Later');
  expect(await ask(web.url, theAction('requestScan'), { cookie: cookies.operator })).toBe('invalid_input');
});

test('an entry that forgot its permission is found', async () => {
  const file = 'tests/stack/support/forgetful.ts';
  expect(await declaredBy({ file, exportName: 'POST' })).toBeNull();
  expect(await declaredBy({ file, exportName: '$$RSC_SERVER_ACTION_0' })).toBeNull();
  expect(await declaredBy({ file: 'app/no-such-file.ts', exportName: 'GET' })).toBeNull();
  const kept = declare(async () => undefined, { name: 'kept', permission: 'read' });
  expect(Object.keys(kept)).toEqual([]);
});

describe('every page of the built app', () => {
  test('sends whoever is not signed in to the sign-in, and back again', async () => {
    const pages = builtPages().filter((path) => path !== '/sign-in');
    expect(pages.length).toBeGreaterThan(8);
    for (const path of pages) {
      const response = await fetch(web.url + path, { redirect: 'manual' });
      const location = response.headers.get('location') ?? '';
      expect([path, response.status, new URL(location, web.url).pathname]).toEqual([path, 307, '/sign-in']);
      if (path !== '/') expect(new URL(location, web.url).searchParams.get('returnTo')).toBe(path);
    }
  });

  test('shows nothing to a session id that was made up', async () => {
    const cookie = 'slc_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    for (const path of builtPages().filter((each) => each !== '/sign-in' && each !== '/')) {
      const response = await fetch(web.url + path, { headers: { cookie }, redirect: 'manual' });
      const text = `${response.headers.get('location') ?? ''} ${await response.text()}`;
      expect([path, /\/sign-in\?returnTo=/.test(text)]).toEqual([path, true]);
      expect(text).not.toContain('aria-label="Places"');
    }
  });
});

describe('a program with an access token', () => {
  const operator = { name: 'tests', role: 'approver', via: 'cli', requestId: 'tests' } as const;
  const make = (name: string, role: Role) =>
    createToken({ db: database.db, config: loadConfig() }, { name, role, days: 1 }, operator);
  const get = (path: string, token: string) =>
    fetch(web.url + path, { headers: { authorization: `Bearer ${token}` } }).then((response) => response.status);

  test('reads what its role includes, and nothing above', async () => {
    const [viewer, other] = [await make('viewer', 'viewer'), await make('operator', 'operator')];
    expect(await get('/api/customers', viewer.secret)).toBe(200);
    expect(await get('/api/plans/x', viewer.secret)).toBe(403);
    expect(await get('/api/plans/x', other.secret)).toBe(400);
  });

  test('is refused once its token is revoked, expired or altered, even beside a live session', async () => {
    const { secret, id } = await make('gone', 'viewer');
    expect(await get('/api/customers', secret)).toBe(200);
    expect(await get('/api/customers', `${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`)).toBe(401);
    const headers = { authorization: 'Bearer nonsense', cookie: cookies.approver };
    expect((await fetch(`${web.url}/api/customers`, { headers })).status).toBe(401);
    await database.db.pool.query(
      `UPDATE access_tokens SET created_at = now() - interval '2 days', expires_at = now() - interval '1 day' WHERE id = $1`,
      [id],
    );
    expect(await get('/api/customers', secret)).toBe(401);
    const revoked = await make('revoked', 'viewer');
    await database.db.pool.query('UPDATE access_tokens SET revoked_at = now() WHERE id = $1', [revoked.id]);
    expect(await get('/api/customers', revoked.secret)).toBe(401);
  });

  test('cannot act: actions take sessions alone', async () => {
    const { secret } = await make('actor', 'approver');
    const [action] = (await guarded()).filter(({ entry }) => entry.kind === 'action');
    expect(action && (await ask(web.url, action.entry, { authorization: `Bearer ${secret}` }))).toBe('unauthenticated');
  });
});

/** One after the other: the order of the answers is that of the list. */
async function inTurn<Item, Row>(items: Item[], work: (item: Item) => Promise<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for (const item of items) rows.push(await work(item));
  return rows;
}
