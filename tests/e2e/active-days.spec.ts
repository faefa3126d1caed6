import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { incident, places, settled, signIn } from './support/sign-in';

const panel = (page: Page) => page.getByRole('dialog', { name: 'Active Days of Corinne Harmon' });
const cause = 'With the labels of any one of these 17 conversations right, the day counts.';

test('"0" on the customer’s page leads to a deciding conversation in two clicks', async ({ page }) => {
  await signIn(page, 'viewer', places.customer);
  await page.getByRole('link', { name: /^0 should be 1 \(1 agent\)$/ }).click();
  await expect(panel(page).getByText(cause)).toBeVisible();
  await panel(page)
    .getByRole('link', { name: /^Open / })
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/customers/${incident.customer}/days/${incident.day}\\?`));
  await expect(page.getByRole('dialog', { name: /^Conversation / })).toContainText('Corinne Harmon');
});

test('"0" on the day’s page leads to a deciding conversation in three clicks', async ({ page }) => {
  await signIn(page, 'viewer', places.day);
  await page.locator('main').getByRole('link', { name: 'Active Days', exact: true }).click();
  await page.getByRole('button', { name: 'Days of Corinne Harmon, labels say: 0' }).click();
  await panel(page)
    .getByRole('link', { name: /^Open / })
    .first()
    .click();
  await expect(page.getByRole('dialog', { name: /^Conversation / })).toContainText('Corinne Harmon');
});

test('without a run there is one column of labels, and the page says what 0 means', async ({ page }) => {
  await signIn(page, 'viewer', places.activeDays);
  await settled(page);
  await expect(page.getByText('Current values. Choose a run to compare before and after.')).toBeVisible();
  const table = page.getByRole('table', { name: 'Active Days by agent' });
  await expect(table.getByRole('columnheader')).toHaveText(['Agent', 'Labels say', 'Truth says', 'Verdict']);
  await expect(table.getByRole('row', { name: /Corinne Harmon/ }).getByRole('cell')).toHaveText([
    'Corinne Harmon',
    '0',
    '1',
    'wrong',
  ]);
  await expect(page.getByText('0: the agent has truth or labels in this range, but no day counts.')).toBeVisible();
  await expect(page.getByText('still wrong')).toHaveCount(0);
  const useCases = page.getByLabel('Filter by use case').getByRole('option');
  expect(await useCases.count()).toBeGreaterThan(2);
});

test('a number opens into the days of the range, and a day into what decides it', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.goto(`/active-days?customer=${incident.customer}&from=2026-01-28&to=2026-02-13&agent=Corinne+Harmon`);
  const open = panel(page);
  await expect(open.getByText('1 day differs, of 16 days.')).toBeVisible();
  const wrong = open.getByRole('button', { name: /^Tue 10 Feb 2026: labels say no, truth says yes; missing/ });
  await expect(wrong).toHaveAttribute('aria-pressed', 'true');
  await expect(
    open.getByRole('row', { name: /labelled while open, \d+ minutes before the truth changed/ }),
  ).toHaveCount(17);
  await open.getByRole('button', { name: /^Mon 9 Feb 2026/ }).click();
  await expect(open.getByRole('heading', { name: /Mon 9 Feb 2026/ })).toBeVisible();
  await expect(page).toHaveURL(/day=2026-02-09/);

  const waiting = page.waitForEvent('download');
  await open.getByRole('link', { name: /^CSV/ }).click();
  const csv = await readFile(await (await waiting).path(), 'utf8');
  expect(csv.split('\n').filter((line) => line.startsWith('2026-02-10'))).toHaveLength(17);
  await open.getByRole('button', { name: 'Copy for the ticket' }).click();
  const markdown = await page.evaluate(() => navigator.clipboard.readText());
  expect(markdown).toContain(`Tue 10 Feb 2026: ${cause}`);
  await page.keyboard.press('Escape');
  await expect(open).toBeHidden();
  await expect(page.getByRole('table', { name: 'Active Days by agent' })).toBeVisible();
});

test('a customer without data is no skeleton', async ({ page }) => {
  await page.route('**/api/customers', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const [first] = body.data.customers ?? body.data;
    const empty = { ...first, customerId: 'empty-air', displayName: 'Empty Air', newestDay: null, days: '' };
    if (body.data.customers) body.data.customers = [empty];
    else body.data = [empty];
    return route.fulfill({ response: answer, json: body });
  });
  await signIn(page, 'viewer', '/active-days?customer=empty-air');
  await expect(page.getByText('empty-air has no day with data yet')).toBeVisible();
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
});
