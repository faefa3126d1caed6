import { expect, test } from '@playwright/test';
import { incident, places, settled, signIn } from './support/sign-in';

const plan = '/api/plans/00000000-0000-4000-8000-000000000000';

test('the signed-out get the sign-in, which leads back to the very same address', async ({ page }) => {
  await page.goto(`${places.allOfDay}&q=Corinne`);
  await expect(page).toHaveURL(/\/sign-in\?returnTo=/);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/show=all&q=Corinne/);
});

test('a read without a session is refused with a sentence and a request id', async ({ request }) => {
  for (const path of ['/api/customers', '/api/audit', '/api/backfills', plan]) {
    const response = await request.get(path);
    expect(response.status(), path).toBe(401);
    expect(await response.json()).toMatchObject({
      ok: false,
      error: { code: 'unauthenticated', message: expect.stringContaining('Sign in'), requestId: expect.any(String) },
    });
  }
});

test('a forged or altered session cookie is no session', async ({ page, context }) => {
  await signIn(page, 'viewer');
  const [cookie] = (await context.cookies()).filter((one) => one.name === 'slc_session');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  if (!cookie) return;
  await context.addCookies([{ ...cookie, value: `${cookie.value.slice(0, -6)}aaaaaa` }]);
  expect((await page.request.get('/api/customers')).status()).toBe(401);
  await page.goto(places.customers);
  await expect(page.getByText('Your session ended. Sign in, and you return to the page.')).toBeVisible();
});

test('a viewer sees everything and can change nothing', async ({ page }) => {
  await signIn(page, 'viewer', places.customer);
  await settled(page);
  await expect(page.getByRole('button', { name: 'Scan now' })).toBeDisabled();
  await expect(page.getByRole('link', { name: /^Backfill (day|\d)/ })).toHaveCount(0);
  await page.goto(places.customers);
  await expect(page.getByRole('button', { name: 'Add customer' })).toBeDisabled();
  await page.goto(places.plan);
  await expect(page.getByText('Needs the role operator; you are viewer.')).toBeVisible();
  const response = await page.request.get(plan);
  expect(response.status()).toBe(403);
  expect((await response.json()).error.code).toBe('forbidden');
});

test('the server refuses a viewer whose page still has the operator’s button', async ({ page, context }) => {
  await signIn(page, 'operator', places.customer);
  await settled(page);
  const button = page.getByRole('button', { name: 'Scan now' });
  await expect(button).toBeEnabled();
  await context.clearCookies();
  await signIn(await context.newPage(), 'viewer');
  await button.click();
  await expect(page.locator('main').getByRole('alert')).toContainText('needs the role operator');
});

test('a command that another site sends is refused', async ({ page }) => {
  await signIn(page, 'operator', places.customer);
  await settled(page);
  const sending = page.waitForRequest((request) => request.headers()['next-action'] !== undefined);
  await page.getByRole('button', { name: 'Check tables' }).click();
  const sent = await sending;
  await expect(page.getByRole('dialog')).toContainText('pass');
  const { host: _host, 'content-length': _length, ...headers } = sent.headers();
  const response = await page.request.post(sent.url(), {
    headers: { ...headers, origin: 'https://elsewhere.example' },
    data: sent.postData() ?? '',
  });
  const text = await response.text();
  expect(response.status() >= 400 || text.includes('was refused')).toBe(true);
  expect(text).not.toContain('"verdict":"pass"');
});

test('signing out ends the session', async ({ page }) => {
  await signIn(page, 'operator');
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await page.request.get('/api/customers')).status()).toBe(401);
});

test('bad input is named, and nothing of the inside is shown', async ({ page }) => {
  await signIn(page, 'operator');
  const bad = await page.request.get(`/api/customers/${incident.customer}?from=2026-02-31`);
  expect(bad.status()).toBe(400);
  expect((await bad.json()).error).toMatchObject({ code: 'invalid_input', fields: { from: expect.any(String) } });
  const unknown = await page.request.get('/api/customers/no-such-customer');
  expect(unknown.status()).toBe(404);
  expect((await unknown.json()).error.message).toContain('no-such-customer');
  await page.goto('/customers/no-such-customer');
  await expect(page.getByText('No such customer')).toBeVisible();
  await page.goto('/backfills/00000000-0000-4000-8000-000000000000');
  await expect(page.getByText('No such run')).toBeVisible();
});
