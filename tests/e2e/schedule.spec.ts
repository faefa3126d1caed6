import { expect, test } from '@playwright/test';
import { axe } from './support/axe';
import { settled, signIn } from './support/sign-in';

test('the schedule says who was looked at, what that cost and whether everybody fits, and filters by the server', async ({
  page,
}) => {
  await signIn(page, 'viewer', '/schedule?show=all');
  await settled(page);
  await expect(page.getByText(/customers × 35 days (fit|do not fit) into their period/)).toBeVisible();
  const customers = page.getByRole('table', { name: /customers in the order in which they are taken up/ });
  await expect(customers.getByRole('link', { name: 'alaska-air' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Scans, newest first' }).getByRole('row')).not.toHaveCount(1);
  await page.getByRole('textbox', { name: 'Search customers' }).fill('alaska');
  await expect(customers.getByRole('row')).toHaveCount(2);
  await expect(page).toHaveURL(/q=alaska/);
  await page.getByRole('textbox', { name: 'Search customers' }).fill('nobody has this name');
  await expect(page.getByText('No customer matches')).toBeVisible();
  await axe(page, 'schedule without rows');
});
