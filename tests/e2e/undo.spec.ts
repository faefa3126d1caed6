import { randomUUID } from 'node:crypto';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { clean, confirmUnknown, digestOf, plantDuplicates, repairMs, startRun, status } from './support/repair';
import { openRequest, secondPerson } from './support/second-person';
import { signIn } from './support/sign-in';

/** Walks to `target` with Tab, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let steps = 0; steps < 80; steps += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('80 times Tab did not reach it.');
}

/** Writes into a field and presses a button, with only the keyboard. */
async function writeAndPress(page: Page, field: Locator, text: string, button: Locator): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.type(text);
  await tabTo(page, button);
  await page.keyboard.press('Enter');
}

test('a repaired day is undone without a mouse: asked for, approved, started by that, and its labels are the backed-up ones', async ({
  page,
  browser,
}, { retry }) => {
  test.setTimeout(2 * repairMs);
  const [day, dayAfter] = [
    ['2026-01-20', '2026-01-21'],
    ['2026-01-27', '2026-01-28'],
  ][retry] as [string, string];
  const reason = `undo of ${day} ${randomUUID()}`;
  await plantDuplicates(day, 'E2E Nobody');
  const before = await digestOf(day);
  await signIn(page, 'operator');
  await startRun(page, clean.customer, day, dayAfter, 'a repair to undo');
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });
  expect(await digestOf(day)).not.toBe(before);
  const repaired = page.url();

  await tabTo(page, page.getByRole('link', { name: 'Undo', exact: true }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Removes 150 label rows and brings back 155 rows as they were')).toBeVisible();
  const start = (await confirmUnknown(page)).getByRole('button', { name: 'Restore 155 label rows of 1 day' });
  await expect(start).toBeDisabled();
  await writeAndPress(
    page,
    page.getByLabel('Reason, which the approver reads'),
    reason,
    page.getByRole('button', { name: 'Ask for approval of exactly this plan' }),
  );
  await expect(
    page.getByText('It starts by itself as soon as a second person approves exactly this undo.'),
  ).toBeVisible();

  const approver = await secondPerson(browser);
  const panel = await openRequest(approver, reason);
  await expect(panel).toContainText('Rows that come back');
  await writeAndPress(
    approver,
    panel.getByLabel('Reason, for the audit'),
    'the repair was not wanted',
    panel.getByRole('button', { name: 'Approve the delete of 150 label rows' }),
  );
  await expect(panel.getByText(/^(approved|used)$/)).toBeVisible();
  await approver.context().close();

  const opened = page.getByRole('region', { name: 'Confirm' }).getByRole('link', { name: 'Open the run' });
  await expect(opened).toBeVisible();
  await tabTo(page, opened);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}$/);
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });
  await expect(page.getByText('1 day restored: the labels are the backup, byte for byte.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'approved by E2E approver' })).toBeVisible();
  await page.getByRole('button', { name: `Verify of Tue ${day.slice(8)} Jan 2026: done` }).click();
  await expect(page.getByText('The numbers that prove it')).toBeVisible();
  expect(await digestOf(day)).toBe(before);

  await page.goto(repaired);
  await expect(page.getByRole('link', { name: 'undone', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Undone on .* by run / })).toBeVisible();
});
