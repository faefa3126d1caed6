import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { asAdmin } from './support/engine';
import { clean } from './support/repair';
import { approve, ask, openRequest, secondPerson } from './support/second-person';
import { signIn } from './support/sign-in';

const [database, table] = clean.labels.split('.');
const ofTable = `database = '${database}' AND table = '${table}'`;
const deletion = (where: string) =>
  asAdmin(`ALTER TABLE ${clean.labels} DELETE WHERE ${where} SETTINGS mutations_sync = 0`);
const clear = () => asAdmin(`KILL MUTATION WHERE ${ofTable} AND NOT is_done`);
const labelRows = () => asAdmin(`SELECT count() FROM ${clean.labels}`);

test.beforeEach(clear);
test.afterAll(clear);

test('a failing mutation is told from the one behind it, and killed after a TEST and an approval', async ({
  page,
  browser,
}) => {
  test.setTimeout(180_000);
  const reason = `it blocks every delete ${randomUUID()}`;
  const rows = await labelRows();
  await deletion(`throwIf(conversation_id != '', 'e2e refuses')`);
  await deletion(`conversation_id = 'e2e-none'`);
  await signIn(page, 'operator', '/mutations');
  await expect(page.locator('main')).toContainText(/1 mutation is failing; 1 mutation waits behind/);
  const failing = page.getByRole('row').filter({ hasText: 'failing' });
  await expect(failing).toContainText('e2e refuses');
  await expect(failing).toContainText('somebody else');

  await failing.getByRole('button', { name: 'Preview a KILL' }).click();
  const panel = page.getByRole('dialog', { name: 'KILL of a mutation' });
  await expect(panel.getByText('tested', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(panel).toContainText('ClickHouse accepts the KILL. It would stop the mutation on');
  await expect(panel).toContainText(clean.labels);
  const kill = panel.getByRole('button', { name: /^Kill mutation .* on 1 replica$/ });
  await expect(kill).toBeDisabled();
  await ask(page, reason);
  await expect(kill).toBeDisabled();

  const approver = await secondPerson(browser);
  const request = await openRequest(approver, reason);
  await expect(request).toContainText(
    'Parts that the mutation already changed stay changed. The other parts are left as they are.',
  );
  await approve(request, 'it fails on every part');
  await approver.context().close();

  await kill.click();
  await expect(panel.getByText('killed', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(panel).toContainText('No host lists the mutation any more. What it did so far stays done.');
  await page.keyboard.press('Escape');
  await expect(page.getByText('No unfinished mutations on any label table.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'KILLs, newest first' }).getByRole('row').nth(1)).toContainText(
    'killed',
  );
  expect(await asAdmin(`SELECT count() FROM system.mutations WHERE ${ofTable} AND NOT is_done`)).toBe('0\n');
  expect(await labelRows()).toBe(rows);
});
