import { expect, type Page, test } from '@playwright/test';
import { places, signIn } from './support/sign-in';

/** The page is of a release whose files with these texts are gone. */
const withoutFiles = (page: Page, texts: RegExp) =>
  page.route(/\/_next\/static\/.*\.js/, async (route) => {
    const response = await route.fetch();
    const isGone = texts.test(await response.text());
    await route.fulfill(isGone ? { status: 404, body: '' } : { response });
  });

test('everybody sees on every page that everything is stopped, and an operator lifts it', async ({ page, browser }) => {
  await signIn(page, 'operator', '/customers', 'Otto');
  await page.getByRole('button', { name: /^Signed in as Otto/ }).click();
  await page.getByRole('menuitem', { name: 'Stop everything' }).click();
  const dialog = page.getByRole('dialog', { name: 'Stop everything' });
  await expect(dialog.getByRole('radio', { name: /At the next safe place/ })).toBeChecked();
  await expect(dialog.getByRole('button', { name: 'Stop everything' })).toBeDisabled();
  await dialog.getByLabel('Reason, for the audit').fill('the cluster is on fire');
  await dialog.getByRole('button', { name: 'Stop everything' }).click();
  await expect(dialog).toBeHidden();
  const banner = page.getByRole('region', { name: 'Everything is stopped' });
  await expect(banner).toContainText('Otto stopped everything');
  await expect(banner).toContainText('the cluster is on fire');

  const other = await (await browser.newContext()).newPage();
  await signIn(other, 'viewer', places.health, 'Vera');
  await expect(other.getByRole('region', { name: 'Everything is stopped' })).toContainText('Otto stopped everything');
  await expect(other.getByRole('button', { name: 'Lift' })).toBeDisabled();

  const old = await (await browser.newContext()).newPage();
  await withoutFiles(old, /stopped everything|Sign out/);
  await signIn(old, 'viewer', places.health, 'Olaf');
  await expect(old.getByText('Everything is stopped. Reload the page to see by whom.')).toBeVisible();
  await old.getByRole('button', { name: /^Signed in as Olaf/ }).click();
  await expect(old.getByRole('banner').getByRole('button', { name: 'Reload the page' })).toBeVisible();

  await page.goto(places.plan);
  await expect(
    page.getByText('Nothing begins now: Otto stopped everything (the cluster is on fire).').first(),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Lift' }).click();
  const lift = page.getByRole('dialog', { name: 'Lift the stop' });
  await lift.getByLabel('Reason, for the audit').fill('the fire is out');
  await lift.getByRole('button', { name: 'Lift' }).click();
  await expect(banner).toBeHidden();
  await expect(other.getByRole('region', { name: 'Everything is stopped' })).toBeHidden();
});
