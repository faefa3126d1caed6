import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, type Page, test } from '@playwright/test';
import { axe } from './support/axe';
import { plantDuplicates, repairMs, status } from './support/repair';
import { signIn } from './support/sign-in';

test.describe.configure({ mode: 'serial' });

const planMs = 90_000;

/** Plants wrong labels of a clean customer, and scans the day, so that the console knows of them. */
async function makeAffected(day: string): Promise<void> {
  await plantDuplicates(day, 'E2E Campaign');
  await promisify(execFile)(process.execPath, ['scripts/run.mjs', 'cli', 'scan', 'northwind', '--day', day]);
}

const customer = (page: Page, name: RegExp) => page.getByRole('row', { name });

/** Previews what the form at `address` proposes; ends on the planned campaign. */
async function preview(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByRole('region', { name: 'Preview' }).getByRole('button', { name: 'Preview' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[0-9a-f-]{36}$/);
  await expect(status(page, 'planned')).toBeVisible({ timeout: planMs });
}

async function start(page: Page, reason: string): Promise<void> {
  await page
    .getByRole('region', { name: 'Start' })
    .getByRole('button', { name: /^Repair / })
    .click();
  const dialog = page.getByRole('dialog', { name: 'Start the campaign' });
  await dialog.getByLabel('Reason, for the audit').fill(reason);
  await dialog.getByRole('button', { name: /^Repair / }).click();
  await expect(dialog).toBeHidden();
}

async function control(page: Page, verb: 'Pause' | 'Resume' | 'Stop' | 'Discard', reason: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: verb });
  await dialog.getByLabel('Reason, for the audit').fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await expect(dialog).toBeHidden();
}

test('all affected customers are planned with one click and one more, and nothing is changed', async ({ page }) => {
  test.setTimeout(planMs + 60_000);
  await signIn(page, 'operator');
  await page.getByRole('link', { name: 'Repair all affected' }).click();
  await expect(page.getByText(/customers with .* affected conversations on .* days, as last counted/)).toBeVisible();
  await axe(page, 'the form');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page).toHaveURL(/\/campaigns\/[0-9a-f-]{36}$/);
  await expect(status(page, 'planned')).toBeVisible({ timeout: planMs });
  await expect(page.getByText(/will change, in \d+ units over \d+ days/)).toBeVisible();
  await expect(customer(page, /alaska-air/)).toContainText('17');
  await page.getByRole('button', { name: /Alaska Air/ }).click();
  await expect(page.getByText(/if it grew by its turn/)).toBeVisible();
  await axe(page, 'the plan');
  await control(page, 'Discard', 'only looked at');
  await expect(status(page, 'stopped')).toBeVisible();
});

test('a campaign repairs its canary, then the rest, and ends with a report', async ({ page }) => {
  test.setTimeout(planMs + 2 * repairMs);
  await makeAffected('2026-02-04');
  await signIn(page, 'operator');
  await preview(page, '/campaigns/new?from=2026-02-03&to=2026-02-05');
  await expect(customer(page, /northwind/)).toContainText('canary');
  await expect(customer(page, /contoso/)).toContainText('wave 1');
  await start(page, 'E2E campaign');
  await expect(status(page, 'running')).toBeVisible();
  await axe(page, 'while it runs');
  await expect(customer(page, /northwind/)).toContainText('verified', { timeout: repairMs });
  await expect(status(page, 'all verified')).toBeVisible({ timeout: repairMs });
  await expect(page.getByText(/All 2 customers verified by counting/)).toBeVisible();

  await customer(page, /contoso/)
    .getByRole('link', { name: 'Open the run' })
    .click();
  await expect(status(page, 'verified')).toBeVisible();
  await page.getByRole('link', { name: 'part of a campaign' }).click();
  await page.getByRole('link', { name: 'Report' }).click();
  await expect(page.getByRole('row', { name: /northwind/ })).toBeVisible();
  await axe(page, 'the report');
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Markdown' }).click();
  const report = await readFile(await (await waiting).path(), 'utf8');
  expect(report).toContain('| Customers verified | 2 |');
  expect(report).toContain('E2E campaign');
});

test('a campaign is paused, goes on, is stopped, and its rest is planned with one click', async ({ page }) => {
  test.setTimeout(2 * planMs + 2 * repairMs);
  await makeAffected('2026-01-28');
  await signIn(page, 'operator');
  await preview(page, '/campaigns/new?from=2026-01-28&to=2026-01-29');
  await start(page, 'E2E stopped campaign');
  await control(page, 'Pause', 'E2E pause');
  await expect(page.getByText(/Paused by E2E operator: E2E pause/)).toBeVisible();
  await expect(status(page, 'paused')).toBeVisible();
  await control(page, 'Resume', 'E2E resume');
  await control(page, 'Stop', 'E2E stop');
  await expect(status(page, 'stopped')).toBeVisible({ timeout: repairMs });
  await expect(customer(page, /contoso/)).toContainText('not begun');

  const stopped = page.url();
  await page.getByRole('button', { name: 'Plan the rest' }).click();
  await expect(page).not.toHaveURL(stopped);
  await expect(status(page, 'planned')).toBeVisible({ timeout: planMs });
  await expect(customer(page, /contoso/)).toBeVisible();
});
