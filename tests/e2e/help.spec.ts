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
