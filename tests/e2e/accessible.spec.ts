import { expect, test } from '@playwright/test';
import { axe } from './support/axe';
import { places, settled, signIn } from './support/sign-in';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on any page, ${colorScheme}`, async ({ browser }) => {
    test.setTimeout(400_000);
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await axe(page, 'sign-in');
    await signIn(page, 'operator');
    for (const [name, path] of Object.entries(places)) {
      await page.goto(path);
      await settled(page);
      await page.waitForLoadState('networkidle');
      await axe(page, name);
    }
    await page.goto(places.allOfDay);
    await settled(page);
    await page.locator('main [data-row-link]').first().click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await axe(page, 'evidence');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByPlaceholder('Customer, day, run or action')).toBeVisible();
    await axe(page, 'switcher');
    await context.close();
  });
}

test('at 390 pixels no page scrolls sideways', async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await signIn(page, 'operator');
  for (const [name, path] of Object.entries(places)) {
    await page.goto(path);
    await settled(page);
    await page.waitForLoadState('networkidle');
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(beyond, name).toBeLessThanOrEqual(0);
  }
  await context.close();
});

test('at 390 pixels audit, sessions, approvals, mutations, findings and the ledger fit their frames, with their buttons', async ({
  browser,
}) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await signIn(page, 'approver', places.sessions);
  for (const name of ['sessions', 'audit', 'approvals', 'mutations', 'findings', 'ledger'] as const) {
    await page.goto(places[name]);
    await settled(page);
    const cut = await page
      .locator('main table:has(caption)')
      .evaluateAll(
        (tables) => tables.filter(({ parentElement: box }) => box && box.scrollWidth > box.clientWidth).length,
      );
    expect.soft(cut, name).toBe(0);
  }
  await context.close();
});

test('with reduced motion nothing moves', async ({ browser }) => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  await signIn(page, 'viewer');
  await page.keyboard.press('?');
  const animation = await page.getByRole('dialog').evaluate((dialog) => getComputedStyle(dialog).animationName);
  expect(animation).toBe('none');
  await context.close();
});
