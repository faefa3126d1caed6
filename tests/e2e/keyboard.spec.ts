import { expect, test } from '@playwright/test';
import { places, settled, signIn } from './support/sign-in';

test('j and k walk over the rows, Enter opens one, / searches, Esc leaves', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  const links = page.locator('main [data-row-link]');
  await page.keyboard.press('j');
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('k');
  await expect(links.nth(0)).toBeFocused();
  const outline = await links.nth(0).evaluate((link) => getComputedStyle(link).outlineStyle);
  expect(outline).toBe('solid');

  await page.keyboard.press('/');
  const search = page.getByRole('searchbox', { name: 'Search customers' });
  await expect(search).toBeFocused();
  await page.keyboard.type('alaska');
  await expect(links).toHaveCount(1);
  await expect(page).toHaveURL(/q=alaska/);
  await page.keyboard.press('Escape');
  await expect(search).not.toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/alaska-air/);
});

test('a day is sorted by its heads, a click beside the links of a row opens the row, and j and k lead from one conversation to the next', async ({
  page,
}) => {
  await signIn(page, 'viewer', places.day);
  await settled(page);
  const starts = page.getByRole('columnheader', { name: 'Start' }).first();
  await expect(starts).toHaveAttribute('aria-sort', 'ascending');
  await starts.getByRole('button').click();
  await expect(starts).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/sort=-start/);
  await page.getByRole('cell', { name: 'Corinne Harmon' }).nth(1).click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('2 of 17 shown')).toBeVisible();
  const second = await panel.getByRole('heading').first().textContent();
  await page.keyboard.press('j');
  await expect(panel.getByText('3 of 17 shown')).toBeVisible();
  await page.keyboard.press('k');
  await page.keyboard.press('k');
  await expect(panel.getByText('1 of 17 shown')).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Previous' })).toBeDisabled();
  await panel.getByRole('button', { name: 'Next' }).click();
  await expect(panel.getByRole('heading').first()).toHaveText(second ?? '');
});

test('the menu of the person opens, moves and closes by keyboard, and gives the focus back', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  const button = page.getByRole('button', { name: /^Signed in as/ });
  const first = page.getByRole('menuitem', { name: 'Light' });
  for (const key of ['Escape', 'Tab']) {
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(first).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(page.getByRole('menuitem', { name: 'Dark' })).toBeFocused();
    await page.keyboard.press(key);
    await expect(first).toBeHidden();
    await expect(button).toBeFocused();
  }
});

test('? shows Help, which begins with the keys, and Esc closes it', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help).toContainText('Next and previous row');
  await page.keyboard.press('Escape');
  await expect(help).toBeHidden();
});

test('Ctrl K finds a customer’s day and the plan of its backfill, and Esc gives the focus back', async ({ page }) => {
  await signIn(page, 'operator');
  const find = page.getByRole('button', { name: /^Find/ });
  await find.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByPlaceholder('Customer, day, agent, run, or paste a ticket')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(find).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Customer, day, agent, run, or paste a ticket').fill('backfill alaska-air 2026-02-10');
  await page.getByRole('option', { name: /Plan a backfill of Alaska Air/ }).click();
  await expect(page).toHaveURL(/\/backfills\/new\?customer=alaska-air&from=2026-02-10&to=2026-02-11/);
});

test('the evidence of a conversation opens and closes by keyboard, and its address opens it again', async ({
  page,
}) => {
  await signIn(page, 'viewer', places.allOfDay);
  await settled(page);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  const address = page.url();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.goto(address);
  await expect(page.getByRole('dialog')).toContainText('Truth');
});

const dialogs = [
  { of: 'a form', path: places.customers, opener: 'Add customer', name: 'Add a customer', first: 'Customer id' },
  {
    of: 'a plan',
    path: `${places.plan}&strategy=replace`,
    opener: /^Delete 1,204/,
    name: 'Start the backfill',
    first: /^Reason/,
  },
];
for (const { of, path, opener, name, first } of dialogs)
  test(`the dialog of ${of} begins at its first field, keeps the focus, and gives it back on Escape`, async ({
    page,
  }) => {
    await signIn(page, 'operator', path);
    await settled(page);
    const button = page.getByRole('button', { name: opener });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog.getByLabel(first)).toBeFocused();
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      expect(await dialog.evaluate((one) => one.contains(document.activeElement))).toBe(true);
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(button).toBeFocused();
  });

test('in a long table each row has its number, and the row in focus stays when the window scrolls away', async ({
  page,
}) => {
  await signIn(page, 'viewer', '/active-days?customer=contoso&from=2026-01-28&to=2026-01-29');
  await settled(page);
  await expect(page.locator('main table[aria-rowcount]')).toHaveAttribute('aria-rowcount', /^\d{3}$/);
  await expect(page.locator('main [data-row-link]').first()).toBeVisible();
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('j');
  const focused = page.locator('main tr:focus-within');
  await expect(focused).toHaveAttribute('aria-rowindex', '4');
  await page.mouse.move(600, 600);
  await page.mouse.wheel(0, 6_000);
  const numbers = () =>
    page.locator('main tbody tr[aria-rowindex]').evaluateAll((rows) => rows.map((row) => Number(row.ariaRowIndex)));
  await expect.poll(async () => (await numbers()).at(-1)).toBeGreaterThan(60);
  await expect(focused).toHaveAttribute('aria-rowindex', '4');
  await expect(focused).not.toBeInViewport();
  expect(await numbers()).toEqual((await numbers()).toSorted((a, b) => a - b));
  await page.keyboard.press('k');
  await expect(focused).toBeInViewport();
  await page.keyboard.press('k');
  await expect(focused).toHaveAttribute('aria-rowindex', '3');
});
