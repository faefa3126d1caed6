import { expect, type Response, type Route, test } from '@playwright/test';
import { earlyRefusals } from '@/lib/edge/model';
import { clean, confirmUnknown } from './support/repair';
import { places, settled, signIn } from './support/sign-in';

/** The poll of the list of customers, which says what the page holds. */
const poll = /\/api\/customers(\?|$)/;

test('a lost connection says so, keeps the last values, and heals by itself', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await expect(page.getByText(/^Updated /)).toBeVisible();
  await page.route(poll, (route) => route.abort());
  await expect(page.getByText(/^Connection lost\. Showing data from .* UTC\.$/)).toBeVisible();
  await expect(page.getByRole('link', { name: /alaska-air/ }).first()).toBeVisible();
  await page.unroute(poll);
  await expect(page.getByText(/^Connection lost/)).toBeHidden();
  const error = { code: 'unavailable', message: 'The database does not answer. Nothing was changed.', requestId: 'r' };
  await page.route(poll, (route) => route.fulfill({ status: 503, json: { ok: false, error } }));
  await expect(page.getByText(/^The database does not answer\. Showing data from .* UTC\.$/)).toBeVisible();
});

test('an engine that is down shows what failed, what still works and the request id', async ({ page }) => {
  await signIn(page, 'operator');
  const error = {
    code: 'unavailable',
    message: 'ClickHouse does not answer. Nothing was changed by this request.',
    requestId: '6ad3c1de-0000-4000-8000-000000000001',
  };
  await page.route('**/api/plans/*', (route) => route.fulfill({ status: 503, json: { ok: false, error } }));
  await page.goto(places.plan);
  const alert = page.getByRole('alert').filter({ hasText: 'The preview could not be made' });
  await expect(alert).toContainText('ClickHouse does not answer');
  await expect(alert).toContainText('A preview changes nothing.');
  await expect(alert).toContainText(error.requestId);
});

test('a preview says how far it is, and can be cancelled', async ({ page }) => {
  await signIn(page, 'operator');
  let cancelled = false;
  await page.route('**/api/plans/*', (route) => {
    const id = route.request().url().split('/').at(-1);
    const far = { step: 'counting', done: 3, total: 12, requestedAtMs: 0, workers: 1, failure: null, plan: null };
    const data = { id, status: cancelled ? 'cancelled' : 'running', ...far };
    return route.fulfill({ json: { ok: true, data } });
  });
  await page.goto(places.plan);
  await expect(page.getByText('Counting affected conversations: 3 of 12 days done.')).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Preview progress' })).toHaveAttribute('aria-valuenow', '6');
  await page.getByRole('button', { name: 'Cancel preview' }).click();
  await expect(page.getByText('cancelling')).toBeVisible();
  cancelled = true;
  await expect(page.getByText('The preview was cancelled')).toBeVisible();
  await page.unroute('**/api/plans/*');
  await page.getByRole('button', { name: 'Preview again' }).first().click();
  await expect(page.getByText('Pre-checks')).toBeVisible();
});

test('polls stop while the tab is hidden', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.waitForResponse((response) => poll.test(response.url()));
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const polled = await page
    .waitForRequest((request) => poll.test(request.url()), { timeout: 11_000 })
    .then(() => true)
    .catch(() => false);
  expect(polled).toBe(false);
});

test('a poll that finds nothing new is answered with 304, and the page stays as it is', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  const unchanged = (response: Response) => poll.test(response.url()) && response.status() === 304;
  for (let polls = 0; polls < 2; polls += 1) await page.waitForResponse(unchanged);
  await expect(page.getByRole('link', { name: /alaska-air/ }).first()).toBeVisible();
  await expect(page.getByText(/^Updated [0-6] s ago/)).toBeVisible();
});

test('a filter that matches nothing says so and can be cleared', async ({ page }) => {
  await signIn(page, 'viewer', `${places.customers}?q=nobody-has-this-name`);
  await expect(page.getByText('No customer matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search and the filter' }).click();
  await expect(page.getByRole('link', { name: /alaska-air/ }).first()).toBeVisible();
});

const unanswered: [string, (route: Route) => Promise<void>, RegExp][] = [
  [
    'the console does not answer',
    (route) => route.abort(),
    /^The console did not answer\. It may or may not have done/,
  ],
  [
    'a newer console does not know',
    (route) => route.fulfill({ status: 404, headers: { 'x-nextjs-action-not-found': '1' }, body: 'not found' }),
    /^The console was updated since this page was opened\. Nothing was changed; reload the page\./,
  ],
  [
    'is too large',
    (route) => route.fulfill({ status: 413, contentType: 'text/plain', body: earlyRefusals[413] }),
    /^This request is larger than 1 MB, the most that the console accepts\. Nothing was changed\./,
  ],
];
for (const [what, answer, sentence] of unanswered)
  test(`a command that ${what} keeps the page and what was written`, async ({ page }) => {
    await signIn(page, 'operator');
    await page.goto(`/backfills/new?customer=${clean.customer}&from=2026-01-22&to=2026-01-23&all=true`);
    const confirm = await confirmUnknown(page);
    await confirm.getByRole('button').last().click();
    const dialog = page.getByRole('dialog');
    const reason = dialog.getByLabel('Reason, for the audit');
    await reason.fill('typed before it was sent');
    await page.route('**', (route) => (route.request().method() === 'POST' ? answer(route) : route.fallback()));
    await dialog.getByRole('button', { name: /^(Delete|Relabel) / }).click();
    await expect(dialog.getByText(sentence)).toBeVisible();
    await expect(reason).toHaveValue('typed before it was sent');
  });

test('what could not be read keeps saying so while it is asked again, and “Try again” reads it', async ({ page }) => {
  await signIn(page, 'viewer');
  let asked = 0;
  let answered = () => {};
  await page.route('**/api/active-days?*', async (route) => {
    asked += 1;
    if (asked === 1) return route.abort();
    await new Promise<void>((resolve) => {
      answered = resolve;
    });
    return route.fallback();
  });
  await page.goto(places.activeDays);
  const alert = page.getByRole('alert').filter({ hasText: 'Active Days could not be counted' });
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert.getByRole('button', { name: 'Trying again' })).toBeDisabled();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
  answered();
  await expect(alert).toBeHidden();
  await expect(page.getByText(/of 1 agent are wrong/)).toBeVisible();
});

test('Active Days of a customer that has no day, or is not there, are no skeleton', async ({ page }) => {
  await signIn(page, 'viewer', '/active-days?customer=nobody');
  await expect(page.getByText('No customer is registered as nobody')).toBeVisible();
});

test('a page whose session ended says so, keeps the last values, and leads to the sign-in and back', async ({
  page,
}) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.context().clearCookies();
  await expect(page.getByText(/^You are signed out\. Showing data from /)).toBeVisible();
  await expect(page.getByRole('link', { name: /alaska-air/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/sign-in\?returnTo=%2Fcustomers/);
});

test('a page that takes long to come says so', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.waitForLoadState('networkidle');
  let go = () => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route(/\/findings\/ledger\?_rsc/, async (route) => {
    const isAhead = 'next-router-prefetch' in route.request().headers();
    if (!isAhead) await held;
    await route.continue();
  });
  await page.getByRole('link', { name: 'Ledger' }).click();
  await expect(page.getByText(/^This takes longer than usual/)).toBeVisible();
  go();
  await expect(page.getByRole('heading', { name: 'Ledger' })).toBeVisible();
});
