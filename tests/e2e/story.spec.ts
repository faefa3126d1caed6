import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { incident, places, signIn } from './support/sign-in';

test.describe.configure({ mode: 'serial' });

const action = 'Relabel 1,204 conversations, then delete at most 17 wrong label rows; 17 will change';
let runUrl = '';

test('the incident is found: 17 stale conversations, with truth and label side by side', async ({ page }) => {
  await signIn(page, 'operator');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Customer, day, agent, run, or paste a ticket').fill('alaska');
  await page
    .getByRole('option', { name: /alaska-air/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/customers\/alaska-air/);
  await page.getByRole('link', { name: 'Tue 10 Feb 2026', exact: true }).click();

  await expect(page.getByText('17 of 1,204 conversations')).toBeVisible();
  const happened =
    'abelled 02:00:20 while open, re-assigned to Corinne Harmon and reclassified as mileage-plan-chat by 03:01:45, at most 61 minutes later.';
  await expect(page.getByText(`All 17 were l${happened}`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Affected 17' })).toHaveAttribute('aria-pressed', 'true');
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows).toHaveCount(17);
  await expect(rows.first()).toContainText('Corinne Harmon');
  await expect(rows.first()).toContainText('differs:');

  await rows
    .first()
    .getByRole('button', { name: /^Open / })
    .click();
  const panel = page.getByRole('dialog');
  await expect(panel).toContainText(`L${happened}`);
  await expect(panel).toContainText(/The label has the wrong agent: .+ instead of Corinne Harmon\./);
  await expect(panel).toContainText('reservations-chat');
  await expect(page).toHaveURL(/open=/);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('Active Days of Corinne Harmon is 0 where the truth says 1', async ({ page }) => {
  await signIn(page, 'viewer', places.activeDays);
  const row = page.getByRole('row', { name: /Corinne Harmon/ });
  await expect(row.getByRole('cell')).toHaveText(['Corinne Harmon', '0', '1', 'wrong']);
});

test('the day’s page says what a backfill would do, and the preview and a confirmation repair the day', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await signIn(page, 'operator', places.day);
  await page.getByRole('button', { name: 'Backfill day' }).click();
  const panel = page.getByRole('region', { name: 'Backfill', exact: true });
  await expect(panel.getByText(/^All \d+ pre-checks pass\./)).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByText('it deletes at most 17 rows instead of 1,204')).toBeVisible();
  await expect(panel.getByRole('button', { name: action })).toBeEnabled();
  await panel.getByRole('link', { name: 'Open the whole preview' }).click();
  await expect(page.getByText('17 conversations').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('region', { name: 'Active Days, expected' })).toContainText('Corinne Harmon');
  for (const box of await page.getByRole('region', { name: 'Confirm' }).getByRole('checkbox').all()) await box.check();
  await page.getByRole('button', { name: action }).click();

  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('alaska-air');
  await dialog.getByLabel('Reason, for the audit').fill('CONVI-6242');
  await dialog.getByRole('button', { name: action }).click();

  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}/);
  await expect(page.getByText(/^(Next|Done|A worker)/).first()).toBeVisible();
  await expect(page.locator('h1').getByText('verified')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText('1 day verified by counting')).toBeVisible();
  await expect(page.getByText('No label of Tue 10 Feb 2026 was missing at any time.')).toBeVisible();
  runUrl = new URL(page.url()).pathname;
  await expect(page.getByText('All 17 were labelled 02:00:20 while open')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Active Days' })).toContainText('fixed');
  await page.getByRole('button', { name: 'Copy for the ticket' }).click();
  const ticket = await page.evaluate(() => navigator.clipboard.readText());
  expect(ticket).toContain('Why the labels were wrong: All 17 were labelled 2026-02-10 02:00:20 UTC while open');
  expect(ticket).toContain('Corinne Harmon 0 → 1, fixed');

  await page.getByRole('button', { name: /^Verify of Tue 10 Feb 2026: done/ }).click();
  await expect(page.getByText('The numbers that prove it')).toBeVisible();
  await page.getByRole('button', { name: /^Relabel of Tue 10 Feb 2026: done/ }).click();
  await expect(page.getByRole('log', { name: 'Job log' }).getByRole('listitem')).not.toHaveCount(0);
});

test('Active Days went from 0 to 1, and everybody else is unchanged', async ({ page }) => {
  await signIn(page, 'viewer', runUrl);
  await page.getByRole('link', { name: 'Active Days before and after' }).click();
  const row = page.getByRole('row', { name: /Corinne Harmon/ });
  await expect(row.getByRole('cell')).toHaveText(['Corinne Harmon', '0', '1', '1', 'fixed']);
  await expect(page.getByRole('button', { name: /^fixed 1$/ })).toBeEnabled();
  await expect(page.getByRole('button', { name: /^changed unexpectedly 0$/ })).toBeDisabled();
  await expect(page.getByRole('button', { name: /^still wrong 0$/ })).toBeDisabled();

  await row.getByRole('button', { name: /before: 0$/ }).click();
  const days = page.getByRole('dialog', { name: 'Active Days of Corinne Harmon' });
  const run = runUrl.slice(-36).slice(0, 8);
  await expect(
    days.getByRole('button', {
      name: `Tue 10 Feb 2026: before run ${run} no, labels now yes, truth says yes, after run ${run} yes; labels and truth agree`,
    }),
  ).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByLabel('Before', { exact: true }).selectOption({ label: `after ${run}, Tue 10 Feb 2026` });
  await expect(row.getByRole('cell')).toHaveText(['Corinne Harmon', '1', '1', '1', 'unchanged']);
  await page.getByLabel('Run', { exact: true }).selectOption({ label: 'No run: current values' });
  await expect(row.getByRole('cell')).toHaveText(['Corinne Harmon', '1', '1', 'right']);
  await page.getByLabel('Run', { exact: true }).selectOption({ index: 1 });
  await expect(row.getByRole('cell')).toHaveText(['Corinne Harmon', '0', '1', '1', 'fixed']);

  await page.getByRole('button', { name: 'Copy for the ticket' }).click();
  const markdown = await page.evaluate(() => navigator.clipboard.readText());
  expect(markdown).toContain('| Corinne Harmon | 0 | 1 | 1 | fixed |');
  expect(markdown).toContain(`/active-days?customer=${incident.customer}`);

  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe('active-days-alaska-air-2026-02-10-2026-02-11.csv');
  expect(await readFile(await download.path(), 'utf8')).toMatch(
    /^agent,before,expected,after,verdict\n(.*\n)*Corinne Harmon,0,1,1,fixed\n/,
  );
});

test('the repaired day has no stale label any more, on every page that shows it', async ({ page }) => {
  await signIn(page, 'viewer', places.day);
  await expect(
    page.getByText('All 1,204 conversations on Tue 10 Feb 2026 were counted; no label is stale.'),
  ).toBeVisible({
    timeout: 60_000,
  });
  await page.goto(places.customer);
  await expect(page.getByRole('link', { name: /^Tue 10 Feb 2026: 1,204 conversations, none affected$/ })).toBeVisible();
});

test('the audit names who started the run and why', async ({ page }) => {
  await signIn(page, 'viewer', '/audit');
  const row = page.getByRole('row').filter({ hasText: 'CONVI-6242' }).first();
  await expect(row).toContainText('E2E operator');
  await expect(row).toContainText('operator, web');
});

test('the demo’s reset brings the incident back, with its 17 stale labels', async ({ page }) => {
  test.setTimeout(120_000);
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/run.mjs', 'cli', 'demo', 'reset']);
  expect(stdout).toContain('The incident of 2026-02-10 is back');
  await signIn(page, 'viewer', places.day);
  await expect(page.getByText('17 of 1,204 conversations')).toBeVisible({ timeout: 60_000 });
});
