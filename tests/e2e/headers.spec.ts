import { createServer, request } from 'node:http';
import { expect, type Page, test } from '@playwright/test';
import { places, settled, signIn } from './support/sign-in';

/** What a page's policy refused, as the browser reports it to the page and to its console. */
async function watchRefusals(page: Page): Promise<string[]> {
  const refusals: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy|violates/i.test(message.text())) refusals.push(message.text());
  });
  page.on('pageerror', (error) => refusals.push(error.message));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`violates ${event.effectiveDirective}: ${event.blockedURI} at ${event.sourceFile}`),
    );
  });
  return refusals;
}

test.describe('in a browser that is far from the server', () => {
  test.use({ timezoneId: 'Asia/Kathmandu' });
  test('no page needs anything that its content policy refuses, in either theme', async ({ page }) => {
    test.setTimeout(400_000);
    const refusals = await watchRefusals(page);
    await page.goto('/sign-in');
    await signIn(page, 'operator');
    for (const [name, path] of Object.entries({ ...places, missing: '/no-such-page' })) {
      await page.goto(path);
      if (name !== 'missing') await settled(page);
      await page.waitForLoadState('networkidle');
      expect.soft(refusals.splice(0), name).toEqual([]);
    }
    await page.goto(places.customers);
    await settled(page);
    await page.getByRole('button', { name: /^Signed in as/ }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await expect(page.locator('html')).toHaveClass(/dark/);
    await page.reload();
    await expect(page.locator('html')).toHaveClass(/dark/);
    await page.getByRole('button', { name: 'Add customer' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    const locked = await page.evaluate(() => getComputedStyle(document.body).overflow);
    expect(locked).toBe('hidden');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByPlaceholder('Customer, day, agent, run, or paste a ticket')).toBeVisible();
    expect(refusals).toEqual([]);
  });
});

test('a script that found its way into a page does not run', async ({ page }) => {
  await signIn(page, 'viewer');
  const refused = page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()));
  await page.evaluate(() => {
    const image = document.createElement('div');
    image.innerHTML = '<img src="/none.png" onerror="document.title = \'taken over\'">';
    document.body.append(image);
  });
  await refused;
  await expect(page).not.toHaveTitle('taken over');
});

test('every answer carries the headers that keep it from being framed, sniffed or embedded', async ({ page }) => {
  await signIn(page, 'viewer');
  const nonces = new Set<string>();
  for (const path of ['/customers', '/customers', '/sign-in', '/no-such-page', '/api/customers', '/api/health']) {
    const headers = (await page.request.get(path)).headers();
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    expect(headers['strict-transport-security'], path).toBeUndefined();
    const nonce = /'nonce-([\w+/=]+)'/.exec(headers['content-security-policy'] ?? '')?.[1];
    if (nonce) nonces.add(nonce);
  }
  expect(nonces.size).toBe(4);
});

test('a page under another address than the base URL says that its buttons are refused, before one is pressed', async ({
  page,
  baseURL,
}) => {
  const to = new URL(baseURL ?? '');
  const proxy = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: to.host };
    const passed = request(
      { host: to.hostname, port: to.port, path: asked.url, method: asked.method, headers },
      (reply) => reply.pipe(answer.writeHead(reply.statusCode ?? 500, reply.headers)),
    );
    asked.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  const other = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  await page.goto(`${other}/sign-in`);
  await expect(page.getByRole('alert').filter({ hasText: `set up for ${to.origin}` })).toContainText(other);
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByText('is set up for')).toHaveCount(0);
  proxy.closeAllConnections();
  proxy.close();
});
