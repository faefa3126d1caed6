import { expect, test } from '@playwright/test';
import { repairMs, status } from './support/repair';
import { signIn } from './support/sign-in';

test('no-gap is chosen on the plan with what it means, and the run shows its steps in its order and no gap', async ({
  page,
}, { retry }) => {
  test.setTimeout(repairMs + 60_000);
  await signIn(page, 'operator');
  // A first attempt may have repaired its day, so a second one takes the next.
  const day = 11 + retry;
  await page.goto(`/backfills/new?customer=contoso&from=2026-02-${day}&to=2026-02-${day + 1}`);
  await page.getByRole('radio', { name: /No gap/ }).click();
  await expect(page.getByText(/No label is missing at any time\./).first()).toBeVisible();
  const confirm = page.getByRole('region', { name: 'Confirm' });
  const action = confirm.getByRole('button', { name: /^Relabel .* then delete at most \d+ wrong label rows/ });
  await expect(action).toBeVisible({ timeout: 60_000 });
  await action.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason, for the audit').fill('without a gap');
  await dialog.getByRole('button', { name: /^Relabel / }).click();
  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}/);
  await expect(status(page, 'verified')).toBeVisible({ timeout: repairMs });
  await expect(page.getByRole('columnheader')).toContainText([
    'Unit',
    'Check',
    'Snapshot',
    'Back up',
    'Relabel',
    'Prove',
    'Delete',
    'Mutation',
    'Verify',
    'Gap',
    'Took',
  ]);
  await expect(page.getByText('no gap: labels were never missing')).toBeVisible();
  await expect(page.getByText('Backups', { exact: true })).toBeVisible();
});
