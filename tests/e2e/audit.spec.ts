import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '@playwright/test';
import { clean, plantDuplicates, repairMs, startRun, status } from './support/repair';
import { signIn } from './support/sign-in';

const day = '2026-02-03';
const audit = (page: Page) => page.getByRole('table', { name: 'Audit, newest first' });

test('who deleted a row, when, why and what was in it is answered from the conversation itself', async ({ page }) => {
  test.setTimeout(repairMs + 60_000);
  const conversation = await plantDuplicates(day, 'E2E Former');
  await signIn(page, 'operator');
  await startRun(page, clean.customer, day, '2026-02-04', 'E2E: a row that was deleted');
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });

  await page.goto(`/customers/${clean.customer}/days/${day}?show=all&q=${conversation}`);
  await page
    .getByRole('button', { name: /^Open / })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('link', { name: 'Label rows that repairs deleted' }).click();
  await expect(page).toHaveURL(/\/audit\/row\?/);
  await expect(page.getByText(/label rows of it were backed up(, \d+ of them then| and then) deleted\./)).toBeVisible();
  const former = page.locator('section').filter({ hasText: 'E2E Former' }).first();
  await expect(former.getByRole('heading')).toHaveText(
    `Deleted by a "replace" of ${day} that E2E operator started, because: E2E: a row that was deleted.`,
  );
  await expect(former).toContainText(/copied .* UTC/);
  await expect(former).toContainText(/deleted .* UTC/);
  await expect(former.getByRole('row', { name: /^conversation_id/ })).toContainText(conversation);
  await expect(former.getByRole('row', { name: /^agent_user_id/ })).toContainText('E2E Former');

  await former.getByRole('link', { name: 'its audit' }).click();
  await expect(audit(page).getByRole('row', { name: /backfill\.start/ })).toContainText('E2E: a row that was deleted');
});

/** Downloads what a link offers, as text. */
async function fileOf(page: Page, link: string): Promise<string> {
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: link, exact: true }).click();
  return readFile(await (await waiting).path(), 'utf8');
}

test('the audit is narrowed to one person’s actions, and the file of it holds the same rows with their chain', async ({
  page,
}) => {
  const name = `E2E auditor ${randomUUID()}`;
  await signIn(page, 'operator', `/customers/${clean.customer}`, name);
  await page.getByRole('button', { name: 'Scan now' }).click();
  await page.goto('/audit');
  await page.getByRole('searchbox', { name: 'Search the audit' }).fill(name);
  const rows = audit(page).locator('tbody').getByRole('row');
  await expect(rows).toHaveCount(2);
  await rows.first().getByRole('button', { name: 'scan.request' }).click();
  await expect(page).toHaveURL(/action=scan\.request/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('operator, web');
  await expect(rows).toContainText(clean.customer);
  await page.getByLabel('Result').selectOption('refused');
  await expect(page.getByText('Nothing matches')).toBeVisible();
  await page.getByLabel('Result').selectOption('done');
  await expect(rows).toHaveCount(1);
  await rows.locator('summary').click();
  await expect(rows.locator('pre')).toContainText('{');

  const [head = '', row = '', ...rest] = (await fileOf(page, 'CSV of rows of the audit')).trimEnd().split('\n');
  expect(head).toMatch(/^seq,at,actor,.*,previous_hash,hash$/);
  expect(row).toContain(`,${name},`);
  expect(rest).toEqual([expect.stringMatching(/^# end of export: 1 rows,+$/)]);
  await page.getByRole('button', { name: /^scan\.request.*remove this filter$/ }).click();
  await page.getByLabel('Result').selectOption('');
  await page.getByRole('searchbox', { name: 'Search the audit' }).fill('');
  await expect(rows.nth(2)).toBeVisible();
  const lines = (await fileOf(page, 'JSON lines of rows of the audit')).trimEnd().split('\n');
  expect(JSON.parse(lines.pop() ?? ''), 'the last line').toMatchObject({ endOfExport: true, rows: lines.length });
  const chain = lines.map((line) => JSON.parse(line)).toSorted((a, b) => a.seq - b.seq);
  expect(chain.length).toBeGreaterThan(2);
  for (const [index, entry] of chain.slice(1).entries()) expect(entry.previousHash).toBe(chain[index].hash);
});
