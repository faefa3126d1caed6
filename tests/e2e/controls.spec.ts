import { expect, type Page, test } from '@playwright/test';
import { asAdmin } from './support/engine';
import { cancel, press, repairMs, startRun, status } from './support/repair';
import { signIn } from './support/sign-in';

test.describe.configure({ mode: 'serial' });

const labels = 'himalaya_trek.conversation_with_labels';

const dayRow = (page: Page, day: string) => page.getByRole('row', { name: new RegExp(day) });

test('a run cancelled after a day leaves the later days as they were, and says that it is not complete', async ({
  page,
}) => {
  test.setTimeout(repairMs + 60_000);
  await signIn(page, 'operator');
  await startRun(page, 'pacific-outfitters', '2026-03-07', '2026-03-10', 'three days across the change of clocks');
  await cancel(page, /^Finish 7 Mar, then stop/, 'only the first day for now');
  await expect(status(page, 'cancelled')).toBeVisible({ timeout: repairMs });
  await expect(page.getByText(/of 3 units were verified\. The repair is not complete\./)).toBeVisible();
  await expect(dayRow(page, '9 Mar')).toContainText('cancelled');
  await expect(page.getByText('only the first day for now').first()).toBeVisible();
});

test('a run whose cancel dialog is open deletes nothing, and can be stopped with every label in place', async ({
  page,
}) => {
  test.setTimeout(repairMs + 60_000);
  await signIn(page, 'operator');
  await startRun(page, 'pacific-outfitters', '2026-03-08', '2026-03-10', 'held while its dialog is open');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel the run' });
  await expect(dialog.getByRole('radio', { name: /^Stop before “Delete”/ })).toBeVisible({ timeout: repairMs });
  await expect(dialog.getByText('Nothing of 8 Mar is deleted or written')).toBeVisible();
  await dialog.getByRole('radio', { name: /^Stop before/ }).check();
  await dialog.getByRole('button', { name: /^Stop before/ }).click();
  await expect(status(page, 'cancelled')).toBeVisible({ timeout: repairMs });
  await expect(page.getByText('Stopped as requested. Nothing of 8 Mar was deleted.').first()).toBeVisible();
});

test('the days that were left are repaired in order, across the change of clocks', async ({ page }) => {
  test.setTimeout(2 * repairMs);
  await signIn(page, 'operator');
  await startRun(page, 'pacific-outfitters', '2026-03-07', '2026-03-10', 'the rest of the three days');
  await expect(status(page, 'verified')).toBeVisible({ timeout: 2 * repairMs });
  await expect(dayRow(page, '9 Mar')).toContainText('verified');
  await page.goto('/customers/pacific-outfitters/days/2026-03-08');
  await expect(page.getByText(/no label is stale/)).toBeVisible({ timeout: 60_000 });
});

test.describe('a day that cannot be relabelled', () => {
  let url = '';

  test.afterAll(async () => {
    await asAdmin(`ALTER TABLE ${labels} DROP CONSTRAINT IF EXISTS e2e_broken`);
  });

  test('stops the run loudly: its labels are missing, and it cannot be closed', async ({ page }) => {
    test.setTimeout(repairMs + 60_000);
    await signIn(page, 'operator');
    // What is there holds, so that no check can know; whatever is written from now on does not.
    const now = new Date().toISOString().replace(/[TZ]/g, ' ').trim();
    await asAdmin(
      `ALTER TABLE ${labels} ADD CONSTRAINT IF NOT EXISTS e2e_broken CHECK update_time < toDateTime64('${now}', 3, 'UTC')`,
    );
    await startRun(page, 'himalaya-trek', '2026-02-05', '2026-02-07', 'a relabel that fails');
    await expect(status(page, 'needs attention')).toBeVisible({ timeout: repairMs });
    await expect(page.getByText(/label rows of 5 Feb are deleted; people see 0\. Next step: “Write/)).toBeVisible();
    await expect(page.getByText(/Gap so far/)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Close the run' })).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Write the labels of 5 Feb now' })).toBeEnabled();
    const said = page.getByText(/relabel Job failed/);
    const attempts = page.getByRole('region', { name: 'What happened' }).getByText(/relabel Job failed/);
    await expect(async () => expect((await said.count()) - (await attempts.count())).toBe(1)).toPass();
    await page.getByRole('button', { name: /^Relabel of Thu 5 Feb 2026: failed/ }).click();
    await expect(page.getByRole('log', { name: 'Job log' })).toContainText(/e2e_broken/);
    url = page.url();
  });

  test('shows a viewer what is wrong and refuses every control', async ({ page }) => {
    await signIn(page, 'viewer', new URL(url).pathname);
    await expect(status(page, 'needs attention')).toBeVisible();
    for (const control of ['Write the labels of 5 Feb now', 'Try “Relabel” again'])
      await expect(page.getByRole('button', { name: control, exact: true })).toBeDisabled();
  });

  test('is verified after "relabel only", and the day whose labels changed meanwhile is refused and closed', async ({
    page,
  }) => {
    test.setTimeout(2 * repairMs);
    await asAdmin(`ALTER TABLE ${labels} DROP CONSTRAINT e2e_broken`);
    await asAdmin(
      `INSERT INTO ${labels} SELECT * REPLACE (now64(3) AS update_time) FROM ${labels} FINAL
       WHERE customer_id = 'himalaya-trek' AND toDate(conversation_start_time, 'Asia/Kathmandu') = '2026-02-06' LIMIT 1`,
    );
    await signIn(page, 'operator', new URL(url).pathname);
    await press(page, 'Write the labels of 5 Feb now', 'the constraint is gone');
    await expect(dayRow(page, '5 Feb')).toContainText('verified', { timeout: repairMs });
    await expect(status(page, 'needs attention')).toBeVisible({ timeout: repairMs });
    await expect(page.getByText(/The labels of 6 Feb are untouched\. Next step: “Close the run”/)).toBeVisible();
    await press(page, 'Close the run', 'planned anew');
    await expect(status(page, 'closed')).toBeVisible();
    await expect(page.getByText('Closed after 1 of 2 units were verified. The repair is not complete.')).toBeVisible();
  });
});

test('a customer is added from a database that was found, after a wrong time zone got its sentence', async ({
  page,
}) => {
  await asAdmin('CREATE DATABASE IF NOT EXISTS e2e_found');
  for (const table of ['conversation', 'conversation_with_labels']) {
    const structure = await asAdmin(`SHOW CREATE TABLE northwind.${table} FORMAT TSVRaw`);
    await asAdmin(structure.replace(`northwind.${table}`, `IF NOT EXISTS e2e_found.${table}`));
    const distributed = await asAdmin(`SHOW CREATE TABLE northwind.${table}_d FORMAT TSVRaw`);
    await asAdmin(
      distributed.replaceAll('northwind', 'e2e_found').replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS'),
    );
    await asAdmin(
      `INSERT INTO e2e_found.${table} SELECT * REPLACE ('found-customer' AS customer_id) FROM northwind.${table} LIMIT 100`,
    );
  }
  await signIn(page, 'operator');
  await page.getByRole('button', { name: 'Add customer' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a customer' });
  await dialog.getByRole('button', { name: /found-customer/ }).click();
  await dialog.getByLabel('Display name').fill('Found Customer');
  await dialog.getByLabel('Time zone').fill('America/Los_Angelos');
  await dialog.getByRole('button', { name: 'Add customer' }).click();
  await expect(dialog.getByText('Name a zone of the IANA database, such as America/Los_Angeles.')).toBeVisible();
  await dialog.getByLabel('Time zone').fill('America/Los_Angeles');
  await dialog.getByRole('button', { name: 'Add customer' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('link', { name: /found-customer|Found Customer/ }).first()).toBeVisible();
});

test('a scan that was asked for shows its progress and leaves a fresh answer', async ({ page }) => {
  test.setTimeout(120_000);
  await signIn(page, 'operator', '/customers/contoso');
  await page.getByRole('button', { name: 'Scan now' }).click();
  await expect(page.getByRole('progressbar', { name: 'Scan progress' })).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Scan progress' })).toBeHidden({ timeout: 90_000 });
  await expect(page.getByRole('button', { name: 'Scan now' })).toBeEnabled();
});
