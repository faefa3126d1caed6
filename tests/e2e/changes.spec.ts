import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { axe } from './support/axe';
import { clean, plantDuplicates, repairMs, startRun, status } from './support/repair';
import { places, signIn } from './support/sign-in';

const day = '2026-01-21';
const agent = 'Nobody Atall';

async function fileOf(page: Page, name: string): Promise<string[]> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name }).click();
  return (await readFile(await (await waiting).path(), 'utf8')).trimEnd().split('\n');
}

test('what a run changed: labels before and after, filtered, as a file, and from the backup', async ({ page }) => {
  test.setTimeout(repairMs + 60_000);
  const first = await plantDuplicates(day, agent);
  await signIn(page, 'operator');
  await startRun(page, clean.customer, day, '2026-01-22', 'what changed');
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });
  await page.getByRole('link', { name: '5 conversations changed.' }).click({ timeout: 60_000 });
  await expect(
    page.getByText('150 label rows rewritten, 5 of 150 conversations changed, 145 are as before.'),
  ).toBeVisible();
  const table = page.getByRole('table', { name: /labels before and after/ });
  await expect(table.locator('tbody')).toHaveCount(5);
  await expect(table.getByText('duplicate removed').first()).toBeVisible();
  await expect(table.getByText('row is gone').first()).toBeVisible();
  await axe(page, 'what a run changed');

  const kinds = page.getByRole('navigation', { name: 'Kinds of change' });
  await kinds.getByRole('link', { name: 'duplicate removed 5' }).click();
  await expect(page).toHaveURL(/kind=duplicateRemoved/);
  await page.getByRole('combobox', { name: 'Filter by agent' }).selectOption(agent);
  await page.getByRole('searchbox', { name: 'Search conversations by id' }).fill(first);
  await page.getByRole('button', { name: 'Filter', exact: true }).click();
  await expect(table.locator('tbody')).toHaveCount(1);
  const csv = await fileOf(page, 'CSV');
  expect(csv).toHaveLength(3);
  expect(csv[1]).toContain(`,${first},duplicateRemoved,2,`);
  expect(csv[2]).toMatch(/^# end of export: 1 rows,/);
  await page.getByRole('link', { name: 'All that changed' }).click();
  await expect(table.locator('tbody')).toHaveCount(5);
  await expect(page.getByRole('combobox', { name: 'Filter by agent' })).toHaveValue('');
  await kinds.getByRole('link', { name: 'as before 145' }).click();
  await expect(page.getByText('Compared now: the new labels are those of this moment')).toBeVisible();
  await expect(table.locator('tbody')).toHaveCount(100);
  await page.getByRole('link', { name: 'Next' }).click();
  await expect(table.locator('tbody')).toHaveCount(45);
  await axe(page, 'what a run left as it was');

  await page.goto(`/customers/${clean.customer}/days/${day}`);
  await page.getByRole('link', { name: 'What changed' }).first().click();
  await expect(table.locator('tbody')).toHaveCount(5);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});

test('every list is a file: all that match, with a last line', async ({ page }) => {
  await signIn(page, 'viewer', places.allOfDay);
  const conversations = await fileOf(page, 'CSV of conversations');
  expect(conversations).toHaveLength(1 + 1_204 + 1);
  expect(conversations.at(-1)).toMatch(/^# end of export: 1204 rows,/);
  for (const [path, link, head] of [
    [places.customers, 'CSV of customers', /^customer,name,newest_day,/],
    [`${places.customer}?days=all`, 'CSV of days', /^day,conversations,affected,/],
    [places.findings, 'CSV of findings', /^finding,customer,name,day,state,/],
    [places.backfills, 'CSV of runs', /^run,customer,strategy,/],
  ] as const) {
    await page.goto(path);
    const lines = await fileOf(page, link);
    expect(lines[0], link).toMatch(head);
    expect(lines.at(-1), link).toMatch(/^# end of export: \d+ rows/);
  }
  expect((await page.request.get('/api/files/conversations?customer=nobody&day=2026-02-10')).status()).toBe(404);
});
