import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { clean, plantDuplicates, repairMs, startRun, status } from './support/repair';
import { places, settled, signIn } from './support/sign-in';

const chooseTimes = async (page: Page, name: string) => {
  await page.getByRole('button', { name: /^Signed in as/ }).click();
  await page.getByRole('menuitem', { name }).click();
};

test('a tab says first what its page shows', async ({ page }) => {
  await signIn(page, 'viewer', places.day);
  await expect(page).toHaveTitle(/^(\d+ affected: )?alaska-air 10 Feb · Stale labels$/);
  await page.goto(places.plan);
  await expect(page).toHaveTitle('Plan: alaska-air 10 Feb · Stale labels');
});

test('times are shown in the zone that the browser chose, and days stay those of the customer', async ({ page }) => {
  await signIn(page, 'viewer', places.day);
  await settled(page);
  const zone = page.getByText(/^Times in/);
  await expect(zone).toHaveText(/^Times in [A-Za-z/_]+$/);
  const customers = ((await zone.textContent()) ?? '').replace('Times in ', '');
  const title = await page.locator('h1').textContent();
  await chooseTimes(page, 'Times in UTC');
  await expect(zone).toHaveText(customers === 'UTC' ? 'Times in UTC' : `Times in UTC, days of ${customers}`);
  await chooseTimes(page, 'Times of mine');
  await expect(zone).toHaveText(`Times in America/New_York, days of ${customers}`);
  expect(await page.locator('h1').textContent()).toBe(title);
  await page.reload();
  await expect(zone).toHaveText(`Times in America/New_York, days of ${customers}`);
  await chooseTimes(page, 'Times of the customer');
  await expect(zone).toHaveText(`Times in ${customers}`);
});

test('a page that came over http copies too', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.addInitScript(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await signIn(page, 'viewer', places.allOfDay);
  await page.locator('main [data-row-link]').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Copy for the ticket' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeFocused();
  const other = await context.newPage();
  await other.goto('/robots.txt');
  expect(await other.evaluate(() => navigator.clipboard.readText())).toContain('Conversation');
});

test('paper keeps the heads of columns, the text of rows and whole ids', async ({ page }) => {
  await signIn(page, 'viewer', places.customers);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('navigation', { name: 'Places' })).toBeHidden();
  await expect(page.locator('main thead th button').first()).toBeVisible();
  await page.emulateMedia({ media: 'screen' });
  await page.goto(places.allOfDay);
  await settled(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('main [data-row-link]').first()).toBeVisible();
});

test('a link that is looked at without a session says which kind of page it leads to, and nothing of it', async ({
  request,
}) => {
  const answer = await request.get(places.day);
  const html = await answer.text();
  expect(html).toContain('property="og:title" content="The labels of a day"');
  const head = html.slice(0, html.indexOf('<body')).replaceAll(/returnTo=[^"&\s]*/g, '');
  expect(head).not.toMatch(/alaska/i);
});

test('the log of a Job is searched, kept as a file, and a line of it is a link', async ({ page }) => {
  test.setTimeout(repairMs);
  await signIn(page, 'operator');
  await plantDuplicates('2026-01-18', 'pages');
  await startRun(page, clean.customer, '2026-01-18', '2026-01-19', 'to read its log');
  await expect(page).toHaveTitle(/^(\d+ %|queued|running|verified): northwind 18 Jan · Stale labels$/);
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });
  await expect(page).toHaveTitle('verified: northwind 18 Jan · Stale labels');
  await page.getByRole('button', { name: /^Relabel of .*: done/ }).click();
  const log = page.getByRole('log', { name: 'Job log' });
  const lines = log.getByRole('listitem');
  await expect(lines).not.toHaveCount(0);
  const all = await lines.count();
  await page.getByLabel('Search in the log').fill('no line of a log says this');
  await expect(lines).toHaveCount(0);
  await page.getByLabel('Search in the log').fill('');
  await expect(lines).toHaveCount(all);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  expect((await readFile(await (await saved).path(), 'utf8')).split('\n').length).toBe(all);
  await log.getByRole('button', { name: 'Link to line 1', exact: true }).click();
  await expect(page).toHaveURL(/step=relabel.*line=1|line=1.*step=relabel/);
  await page.reload();
  await expect(log.locator('[aria-current=true]')).toContainText('1');
});
