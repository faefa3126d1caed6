import { expect, type Locator, type Page, test } from '@playwright/test';
import { axe } from './support/axe';
import { places, settled, signIn } from './support/sign-in';

const inDialog = (page: Page, name: string | RegExp): Locator => page.getByRole('dialog', { name });
const byButton = (name: string | RegExp, dialog: string | RegExp) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click();
  await expect(inDialog(page, dialog)).toBeVisible();
};
const byKeys = (keys: string, dialog: string | RegExp) => async (page: Page) => {
  await page.keyboard.press(keys);
  await expect(inDialog(page, dialog)).toBeVisible();
};

/** What opens over or in a page. Runs, campaigns, orders, approvals and KILLs are looked at where a test makes one. */
const panels: [name: string, path: string, open: (page: Page) => Promise<void>][] = [
  [
    'the evidence',
    places.allOfDay,
    async (page) => {
      await page.locator('main [data-row-link]').first().click();
      await expect(page.getByRole('dialog')).toContainText('Truth');
    },
  ],
  ['the switcher', places.customers, byKeys('Control+k', 'Find')],
  ['help', places.customers, byKeys('?', 'Help')],
  ['a new customer', places.customers, byButton('Add customer', 'Add a customer')],
  ['the check of tables', places.customer, byButton('Check tables', /^Tables of/)],
  [
    'the choice of a moment',
    places.customer,
    async (page) => {
      await page.getByRole('button', { name: 'State as of a moment' }).click();
      await expect(page.getByLabel('State as of')).toBeVisible();
      await page.getByText(/^Table of \d+ affected day/).click();
    },
  ],
  [
    'the menu of the person',
    places.health,
    async (page) => {
      await page.getByRole('button', { name: /^Signed in as/ }).click();
      await expect(page.getByRole('menuitem', { name: 'Light' })).toBeVisible();
    },
  ],
  [
    'the past',
    `${places.customer}?at=2026-11-01T01:30-08:00`,
    (page) => expect(page.getByRole('note')).toContainText('The past'),
  ],
  ['the chain of the audit', places.audit, byButton('Verify the chain', 'The chain of the audit')],
  ['a new token', places.tokens, byButton('New token', 'New token')],
  ['the days of an agent', places.activeDays, byButton(/^Days of Corinne Harmon/, /^Active Days of/)],
  ['a finding', places.findings, byButton(/Alaska Air/, 'Finding')],
  [
    'a rule',
    '/notifications?show=rules&rule=finding+new%2C+slack',
    (page) => expect(inDialog(page, 'New finding by Slack')).toBeVisible(),
  ],
];

test('axe finds nothing on any page and panel, light and dark', async ({ page }) => {
  test.setTimeout(400_000);
  await page.goto('/sign-in');
  await axe(page, 'sign-in');
  await signIn(page, 'approver');
  for (const [name, path] of Object.entries(places)) {
    await page.goto(path);
    await settled(page);
    await page.waitForLoadState('networkidle');
    await axe(page, name);
  }
  for (const [name, path, open] of panels) {
    await page.goto(path);
    await settled(page);
    await open(page);
    await axe(page, name);
  }
});

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
