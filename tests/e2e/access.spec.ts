import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { places, settled, signIn } from './support/sign-in';

const name = `e2e-${randomUUID().slice(0, 8)}`;

test('an approver makes a token that is shown once, a program reads with it, and revoking ends that', async ({
  page,
  playwright,
}) => {
  await signIn(page, 'approver', places.sessions);
  await page.getByRole('navigation', { name: 'Access' }).getByRole('link', { name: 'Access tokens' }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('not a name');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('Use letters, digits and')).toBeVisible();
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const secret = await dialog.getByLabel('The token').inputValue();
  expect(secret).toMatch(/^slc_/);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();

  const program = await playwright.request.newContext({
    baseURL: new URL(page.url()).origin,
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  expect((await program.get('/api/customers')).status()).toBe(200);
  const refused = await program.get('/api/tokens');
  expect([refused.status(), (await refused.json()).error.message]).toEqual([
    403,
    expect.stringContaining('needs the role approver'),
  ]);
  const row = page.getByRole('row', { name: new RegExp(name) });
  await expect(row).toContainText('viewer');
  expect(await page.content()).not.toContain(secret);

  await row.getByRole('button', { name: `Revoke ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toContainText('revoked');
  expect((await program.get('/api/customers')).status()).toBe(401);
  await program.dispose();
});

test('an operator is told which role tokens need', async ({ page }) => {
  await signIn(page, 'operator', places.tokens);
  await expect(page.getByText('This needs the role approver')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New token' })).toHaveCount(0);
});

test('the chain of the audit is checked on its page, and against a head that was kept', async ({ page }) => {
  await signIn(page, 'viewer', places.audit);
  await page.getByRole('button', { name: 'Verify the chain' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/^The chain of [\d,]+ rows? is intact\.$/)).toBeVisible();
  const head = dialog.getByLabel('A head that was kept (optional)');
  await head.fill(`1:${'0'.repeat(64)}`);
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog.getByText(/^The chain is broken: 1 finding/)).toBeVisible();
  await head.fill('yesterday');
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog.getByText(/^A head is a number, a colon/)).toBeVisible();
});

test('the deleted rows of a conversation are looked up from the audit', async ({ page }) => {
  await signIn(page, 'viewer', places.audit);
  await page.getByRole('link', { name: 'Deleted label rows' }).click();
  await settled(page);
  await page.getByLabel('Customer').fill('alaska-air');
  await page.getByLabel('Conversation').fill('none');
  await page.getByRole('button', { name: 'Look it up' }).click();
  await expect(page.getByText('No backup holds a row of this conversation')).toBeVisible();
});
