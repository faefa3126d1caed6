import { expect, test } from '@playwright/test';
import { axe } from './support/axe';
import { places, signIn } from './support/sign-in';

test('a word shows its definition where it stands, by keys and by touch', async ({ page, browser }) => {
  await signIn(page, 'viewer');
  const mark = page.getByRole('button', { name: 'What “stale” means' });
  await mark.focus();
  await page.keyboard.press('Enter');
  const definition = page.getByText('The conversation has labels, and none of them equals the truth.');
  await expect(definition).toBeVisible();
  await axe(page, 'a definition');
  await page.keyboard.press('Escape');
  await expect(definition).toBeHidden();
  await expect(mark).toBeFocused();

  const context = await browser.newContext({
    hasTouch: true,
    viewport: { width: 800, height: 600 },
    storageState: await page.context().storageState(),
  });
  const tablet = await context.newPage();
  await tablet.goto(places.customers);
  await tablet.getByRole('button', { name: 'What “orphan” means' }).tap();
  await expect(tablet.getByText('A label whose conversation has no truth.')).toBeVisible();
  const box = await tablet.locator(':popover-open').boundingBox();
  expect(box && box.x >= 0 && box.x + box.width <= 800).toBe(true);
  await context.close();
});

test('? says what words and colours mean, where more is written, whom to ask, and the version', async ({ page }) => {
  await signIn(page, 'viewer');
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help).toContainText('Amber: stale');
  await expect(help).toContainText('SLC_HELP_CONTACT');
  await expect(help).toContainText(/This is version \d+\.\d+\.\d+, commit [0-9a-f]{12}/);
  await help.getByLabel('Search words').fill('late');
  await expect(help.getByRole('status')).toHaveText(/^\d+ entr/);
  await expect(help.getByText('A customer whose period is over')).toBeVisible();
  await help.getByRole('link', { name: 'Findings', exact: true }).click();
  await expect(page).toHaveURL(/\/help\/findings$/);
  await expect(help).toBeHidden();
  await expect(page.locator('main h1')).toHaveText('Findings');
});

test('documents lead to each other and to their headings; another name is no document', async ({ page }) => {
  await signIn(page, 'viewer', '/help/glossary');
  await page.getByRole('link', { name: 'findings.md', exact: true }).first().click();
  await expect(page).toHaveURL(/\/help\/findings(#.*)?$/);
  await page.goto('/help/glossary');
  await page.getByRole('link', { name: 'Decision 5' }).first().click();
  await expect(page).toHaveURL(/\/help\/decisions\/0005-newest-row-and-open-ends$/);
  await expect(page.locator('main h1')).toBeVisible();
  await page.goto('/help/..%2f..%2fpackage');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
});
