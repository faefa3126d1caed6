import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { settled, signIn } from './support/sign-in';

test.describe.configure({ mode: 'serial' });

const month = new Date().toISOString().slice(0, 7);
const panelOf = (page: Page) => page.getByRole('dialog', { name: 'Finding' });
const fabrikam = (page: Page) => page.getByRole('row', { name: /Fabrikam Hotels/ });

test('a repaired day that is wrong again has fallen back, on every page that shows it', async ({ page }) => {
  test.setTimeout(180_000);
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/run.mjs', 'cli', 'demo', 'fall-back']);
  expect(stdout).toMatch(/^[\d-]+ of fabrikam fell back\.|^fabrikam fell back before/);
  await signIn(page, 'viewer', '/findings');
  await expect(page.getByText(/wrong now, \d+ of them again after a repair/)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search findings' }).fill('fabrikam');
  await expect(page).toHaveURL(/q=fabrikam/);
  await expect(page.getByText(/^1 finding/)).toBeVisible();
  await expect(fabrikam(page)).toContainText('fallen back');
  await fabrikam(page)
    .getByRole('button', { name: /Fabrikam/ })
    .click();
  const panel = panelOf(page);
  await expect(panel).toContainText('It fell back 1 time.');
  await expect(panel).toContainText('9 of 69 conversations are affected');
  await expect(panel.getByRole('listitem').filter({ hasText: 'After 7 days' })).toContainText('planned');
  await expect(panel).toContainText('To change these: needs the role operator; you are viewer.');
  await expect(panel.getByRole('button', { name: /^Mute|^Take it/ })).toHaveCount(0);

  await panel.getByRole('link', { name: 'Conversations of the day' }).click();
  await expect(page.getByText(/^Wrong since .* repaired .* fell back: wrong again since/)).toBeVisible();
  await page.getByRole('link', { name: 'Open the finding' }).click();
  await expect(page).toHaveURL(/\/findings\/[0-9a-f-]{36}$/);
  await page
    .getByRole('link', { name: /^the run that .* started$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}/);
});

test('what was known at a moment is marked as the past, and starts nothing', async ({ page }) => {
  await signIn(page, 'operator', '/findings?q=fabrikam&state=all');
  await fabrikam(page)
    .getByRole('button', { name: /Fabrikam/ })
    .click();
  const changes = panelOf(page).getByRole('region', { name: /How the day.s counts changed/ });
  const clean = changes.getByRole('row').filter({ has: page.getByRole('cell', { name: '0', exact: true }) });
  await clean.getByRole('link').click();
  await expect(page.getByRole('note')).toContainText('The past: what was known on');
  await expect(page.getByText(/^0 of [\d,]+ conversations .* were known to be affected/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Backfill|Scan now/ })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back to now' }).click();
  await expect(page.getByRole('button', { name: 'Scan now' })).toBeVisible();
});

test('an operator takes a finding and mutes it until a day with a reason, with the keyboard', async ({ page }) => {
  await signIn(page, 'operator', '/findings?q=fabrikam&state=all');
  await settled(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const panel = panelOf(page);
  await panel.getByRole('button', { name: 'Take it' }).press('Enter');
  await expect(panel).toContainText('E2E operator (you) looks after it.');
  await panel.getByLabel('Reason, for the audit').fill('known, the cron is mended on Thursday');
  await panel.getByRole('button', { name: /^Mute until / }).press('Enter');
  await expect(panel).toContainText(/Muted until .* by E2E operator: known, the cron is mended on Thursday/);
  await expect(panel.getByRole('list').first()).toContainText('by E2E operator');
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(fabrikam(page)).toContainText('muted until');
  await page.getByLabel('Owner').selectOption('Mine');
  await page.getByLabel('Muted', { exact: true }).selectOption('no');
  await expect(page.getByText('No finding matches')).toBeVisible();
  await page.getByRole('button', { name: 'Show all that are wrong now' }).click();
  await fabrikam(page)
    .getByRole('button', { name: /Fabrikam/ })
    .click();
  await panel.getByLabel('Reason, for the audit').fill('looked again');
  await panel.getByRole('button', { name: 'Unmute' }).click();
  await expect(panel.getByRole('button', { name: /^Mute until / })).toBeVisible();
});

test('the ledger of a month is a page and a file', async ({ page }) => {
  await signIn(page, 'viewer', '/findings/ledger');
  await expect(fabrikam(page)).toBeVisible();
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe(`findings-${month}.csv`);
  expect(await readFile(await download.path(), 'utf8')).toMatch(
    new RegExp(`^month,whole_month,customer,name,findings,.*\n(.*\n)*${month},yes,fabrikam,Fabrikam Hotels,\\d+,`),
  );
  const bad = await page.request.get('/api/findings/ledger/csv?month=2026-13');
  expect(bad.status()).toBe(400);
  expect((await bad.json()).error.message).toContain('Write a month as YYYY-MM.');
});

test('of a moment that clocks show twice the page says which one it shows, and leads to the other', async ({
  page,
}) => {
  await signIn(page, 'viewer', '/customers/pacific-outfitters?at=2026-11-01T01:30');
  const past = page.getByRole('note');
  await expect(past).toContainText('showed 01:30 twice on that day. This is the first time, in PDT.');
  await past.getByRole('link', { name: 'Show the second time, in PST' }).click();
  await expect(page).toHaveURL(/at=2026-11-01T09%3A30%3A00.000Z/);
  await expect(past).toContainText('Sun 1 Nov 2026 01:30 PST');
  await past.getByRole('link', { name: 'Show the first time, in PDT' }).click();
  await expect(past).toContainText('Sun 1 Nov 2026 01:30 PDT');
});
