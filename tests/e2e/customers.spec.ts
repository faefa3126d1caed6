import { expect, test } from '@playwright/test';
import { axe } from './support/axe';
import { signIn } from './support/sign-in';

test('a customer is renamed, paused with what that means, refuses a plan, and is resumed', async ({ page }) => {
  await signIn(page, 'operator', '/customers/pacific-outfitters');
  const open = async () => {
    await page.getByRole('button', { name: 'Edit or pause' }).click();
    return page.getByRole('dialog', { name: 'Edit or pause pacific-outfitters' });
  };
  let dialog = await open();
  await dialog.getByLabel('Display name').fill('Pacific Outfitters Ltd');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('h1')).toContainText('Pacific Outfitters Ltd');

  dialog = await open();
  await dialog.getByLabel('Time zone').fill('Europe/Berlin');
  await expect(dialog).toContainText(/is set aside: \d+ days and \d+ open findings?/);
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByLabel('Time zone').fill('America/Los_Angeles');
  await expect(dialog).toContainText('It is not scanned any more');
  await axe(page, 'edit or pause');
  await dialog.getByLabel('Reason, for the audit').fill('its database moves');
  await dialog.getByRole('button', { name: 'Pause pacific-outfitters' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('h1')).toContainText('paused');

  await page.goto('/backfills/new?customer=pacific-outfitters&from=2026-02-09&to=2026-02-10');
  await expect(
    page.getByText('pacific-outfitters is paused: its database moves. Resume it first.').first(),
  ).toBeVisible();
  await page.goto('/customers');
  await expect(page.getByRole('row', { name: /Pacific/ })).toContainText('paused');

  await page.goto('/customers/pacific-outfitters');
  dialog = await open();
  await dialog.getByRole('radio', { name: 'Retire' }).check();
  await expect(dialog).toContainText('Lists leave it out');
  await dialog.getByLabel('Reason, for the audit').fill('the contract ended');
  await dialog.getByRole('button', { name: 'Retire pacific-outfitters' }).click();
  await expect(page.locator('h1')).toContainText('retired');
  await page.goto('/customers');
  await expect(page.getByRole('row', { name: /Alaska Air/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /Pacific/ })).toHaveCount(0);
  await page.getByRole('button', { name: /^Retired 1/ }).click();
  await page
    .getByRole('link', { name: /Pacific/ })
    .first()
    .click();
  dialog = await open();
  await dialog.getByLabel('Reason, for the audit').fill('the contract goes on');
  await dialog.getByRole('button', { name: 'Resume pacific-outfitters' }).click();
  await expect(page.locator('h1')).not.toContainText('retired');
  dialog = await open();
  await dialog.getByLabel('Display name').fill('Pacific Outfitters');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
});

test('what somebody else changed meanwhile is not overwritten', async ({ page, browser }) => {
  await signIn(page, 'operator', '/customers/northwind');
  await page.getByRole('button', { name: 'Edit or pause' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Aliases').fill('NW');
  const other = await (await browser.newContext()).newPage();
  await signIn(other, 'operator', '/customers/northwind', 'Somebody Else');
  await other.getByRole('button', { name: 'Edit or pause' }).click();
  await other.getByRole('dialog').getByLabel('Aliases').fill('Northwind');
  await other.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(other.getByRole('dialog')).toBeHidden();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toContainText('Somebody Else changed northwind since you opened it');
  await expect(dialog.getByLabel('Aliases')).toHaveValue('NW');
  await dialog.getByRole('button', { name: 'Load the newest values' }).click();
  await expect(dialog.getByLabel('Aliases')).toHaveValue('Northwind');
  await dialog.getByLabel('Aliases').fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
});
