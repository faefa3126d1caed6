import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@/scripts/support/stack.mjs';
import { startBrowser } from '../support/browser';
import { client, rolesOfGroups } from './support/people';
import { startProvider } from './support/provider';
import { type Database, startDatabase, startWeb, type Web } from './support/web';

const patience = { timeout: 60_000 };
let database: Database;
let provider: Awaited<ReturnType<typeof startProvider>>;
let web: Web;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  const port = await freePort();
  [database, provider, browser] = await Promise.all([
    startDatabase(),
    startProvider(`http://127.0.0.1:${port}`),
    startBrowser(),
  ]);
  web = await startWeb(database, {
    port,
    env: {
      SLC_OIDC_ISSUER: provider.issuer,
      SLC_OIDC_CLIENT_ID: client.id,
      SLC_OIDC_CLIENT_SECRET: client.secret,
      SLC_OIDC_ROLES: JSON.stringify(rolesOfGroups),
      SLC_SIGN_INS_PER_MINUTE: '1000',
    },
  });
});
afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await database.db.pool.query('DELETE FROM sessions');
});
afterAll(async () => {
  await browser?.close();
  await web?.stop();
  await provider?.stop();
  await database?.stop();
});

async function newPage(): Promise<Page> {
  const context = await browser.newContext();
  contexts.push(context);
  context.setDefaultTimeout(patience.timeout);
  return context.newPage();
}

/** From any page of the console through the provider, as `user`. */
async function signIn(page: Page, user: string, path = '/customers') {
  await page.goto(web.url + path);
  await page.getByRole('link', { name: /^Sign in at localhost/ }).click();
  await page.getByLabel('User').fill(user);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const placesOf = (page: Page) => page.getByRole('navigation', { name: 'Places' });
async function signedIn(user: string, path?: string): Promise<Page> {
  const page = await newPage();
  await signIn(page, user, path);
  await placesOf(page).waitFor();
  return page;
}
const cookieOf = async (page: Page) => (await page.context().cookies()).find((cookie) => cookie.name === 'slc_session');
const statusOf = async (page: Page, path = '/api/sessions') => (await page.request.get(web.url + path)).status();

async function row<Row>(sql: string, params: unknown[] = []): Promise<Row> {
  return (await database.db.pool.query(sql, params)).rows[0] as Row;
}
/** Moves the newest session's clock, as time would. */
const expire = (column: 'idle_expires_at' | 'expires_at') =>
  database.db.pool.query(
    `UPDATE sessions SET created_at = created_at - interval '2 days', ${column} = now() - interval '1 second'
     WHERE id = (SELECT id FROM sessions ORDER BY last_seen_at DESC, created_at DESC LIMIT 1)`,
  );

describe('a sign-in at the provider', () => {
  test.each([
    ['vera', 'viewer'],
    ['otto', 'operator'],
    ['ada', 'approver'],
  ])('gives %s the role of their highest group, %s', async (user, role) => {
    const page = await signedIn(user);
    await page.getByRole('button', { name: `Signed in as ${user}, ${role}` }).waitFor();
  });

  test('leads back to the very same address', async () => {
    const page = await signedIn('vera', '/audit?action=auth.signIn&q=vera');
    expect(page.url()).toBe(`${web.url}/audit?action=auth.signIn&q=vera`);
  });

  test('of a person whose groups have no role is refused in a sentence, and another may sign in', async () => {
    const page = await newPage();
    await signIn(page, 'nora');
    await page.getByText('none of your groups has a role here').waitFor();
    expect(await cookieOf(page)).toBeUndefined();
    await page.getByRole('link', { name: 'as somebody else' }).click();
    await page.getByLabel('User').fill('vera');
    await page.getByRole('button', { name: 'Log in' }).click();
    await placesOf(page).waitFor();
  });

  test('stores neither the session’s secret nor leaves it to scripts', async () => {
    const page = await signedIn('vera');
    const cookie = await cookieOf(page);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(Buffer.from(cookie?.value ?? '', 'base64url')).toHaveLength(32);
    const stored = await row<{ text: string }>(`SELECT string_agg(to_jsonb(s)::text, '') AS text FROM sessions s`);
    expect(stored.text).not.toContain(cookie?.value);
    expect(await page.evaluate('document.cookie')).toBe('');
  });

  test('stands in the audit with the provider’s own id of the person', async () => {
    await signedIn('otto');
    const entry = await row(`SELECT actor, role, detail->>'subject' AS subject FROM audit WHERE action = 'auth.signIn'
      ORDER BY id DESC LIMIT 1`);
    expect(entry).toEqual({ actor: 'otto', role: 'operator', subject: 'id-of-otto' });
  });

  test('rotates the session: what the browser held before is worth nothing after', async () => {
    const page = await newPage();
    const planted = 'planted-by-somebody-who-knows-it-0123456789';
    await page.context().addCookies([{ name: 'slc_session', value: planted, url: web.url }]);
    await page.goto(`${web.url}/sign-in`);
    await page.getByRole('link', { name: /^Sign in at/ }).click();
    await page.getByLabel('User').fill('vera');
    await page.getByRole('button', { name: 'Log in' }).click();
    await placesOf(page).waitFor();
    const first = (await cookieOf(page))?.value;
    expect(first).not.toBe(planted);
    const withPlanted = await fetch(`${web.url}/api/sessions`, { headers: { cookie: `slc_session=${planted}` } });
    expect(withPlanted.status).toBe(401);

    await page.goto(`${web.url}/api/auth/sign-in`);
    await placesOf(page).waitFor();
    expect((await cookieOf(page))?.value).not.toBe(first);
    const withFirst = await fetch(`${web.url}/api/sessions`, { headers: { cookie: `slc_session=${first}` } });
    expect(withFirst.status).toBe(401);
  });
});

describe('signing out', () => {
  test('ends the session here and at the provider, which asks who one is the next time', async () => {
    const page = await signedIn('ada');
    await page.getByRole('button', { name: /^Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign me out' }).click();
    await page.getByText('You are signed out, here and at the provider.').waitFor();
    expect(await cookieOf(page)).toBeUndefined();
    await page.getByRole('link', { name: /^Sign in at/ }).click();
    await page.getByLabel('User').waitFor();
    const ended = await row(`SELECT ended_because, id_token FROM sessions WHERE name = 'ada' AND ended_at IS NOT NULL
      ORDER BY ended_at DESC LIMIT 1`);
    expect(ended).toEqual({ ended_because: 'signed out', id_token: null });
  });
});

describe('a session', () => {
  test('that an approver revokes is signed out at its next click, and the page is kept', async () => {
    const [vera, ada] = [await signedIn('vera', '/health'), await signedIn('ada', '/sessions')];
    await ada.getByRole('button', { name: 'End session of vera' }).click();
    await ada.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await ada.getByRole('button', { name: 'End session of vera' }).waitFor({ state: 'detached' });
    await placesOf(vera).getByRole('link', { name: 'Audit' }).click();
    await vera.waitForURL(/\/sign-in\?returnTo=%2Faudit/);
    expect(await statusOf(vera)).toBe(401);
    expect(
      await row(`SELECT actor, subject FROM audit WHERE action = 'auth.endSession' ORDER BY id DESC LIMIT 1`),
    ).toEqual({ actor: 'ada', subject: 'session of vera' });
  });

  test('shows a viewer their own sessions alone', async () => {
    const otto = await signedIn('otto');
    const [first, second] = [await signedIn('vera', '/sessions'), await signedIn('vera', '/sessions')];
    const answer = await (await second.request.get(`${web.url}/api/sessions`)).json();
    expect(new Set(answer.data.map((each: { name: string }) => each.name))).toEqual(new Set(['vera']));
    expect(answer.data.length).toBeGreaterThanOrEqual(2);
    await second.getByRole('button', { name: 'End session of vera' }).first().click();
    await second.getByRole('dialog').getByRole('button', { name: 'End session' }).click();
    await expect.poll(() => statusOf(first), patience).toBe(401);
    expect(await statusOf(second)).toBe(200);
    expect(await statusOf(otto)).toBe(200);
  });

  test.each(['idle_expires_at', 'expires_at'] as const)('ends at its %s', async (column) => {
    const page = await signedIn('otto');
    expect(await statusOf(page)).toBe(200);
    await expire(column);
    expect(await statusOf(page)).toBe(401);
    await page.goto(`${web.url}/health`);
    await page.waitForURL(/\/sign-in/);
  });

  test('is kept by pages that a person opens, not by a page that polls, and never past its end', async () => {
    const page = await signedIn('otto');
    const back = `UPDATE sessions SET last_seen_at = now() - interval '1 hour', idle_expires_at = now() + interval '1 hour'
      WHERE name = 'otto' AND ended_at IS NULL`;
    const seen = `SELECT max(idle_expires_at) > now() + interval '61 minutes' AS kept, count(DISTINCT expires_at) AS ends
      FROM sessions WHERE name = 'otto' AND ended_at IS NULL`;
    await database.db.pool.query(back);
    expect(await statusOf(page)).toBe(200);
    const polled = await row<{ kept: boolean; ends: number }>(seen);
    await page.goto(`${web.url}/sessions`);
    await placesOf(page).waitFor();
    const opened = await row<{ kept: boolean; ends: number }>(seen);
    expect([polled.kept, opened.kept]).toEqual([false, true]);
    expect(opened.ends).toBe(polled.ends);
  });
});
