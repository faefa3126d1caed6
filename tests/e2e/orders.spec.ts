import { randomUUID } from 'node:crypto';
import { expect, test } from '@playwright/test';
import { axe } from './support/axe';
import { status } from './support/repair';
import { approve, openRequest, secondPerson } from './support/second-person';
import { signIn } from './support/sign-in';

const countMs = 90_000;
/** The time of day in so many hours, UTC. */
const hourIn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);

test('a standing order shows what it would have done last night, is approved by a second person, and is ended', async ({
  page,
  browser,
}) => {
  test.setTimeout(countMs + 120_000);
  const reason = `until the cron is mended ${randomUUID()}`;
  await signIn(page, 'operator', '/orders', null);
  await page.getByRole('link', { name: 'New standing order' }).click();
  await page.getByRole('radio', { name: /^By name/ }).check();
  await page.getByRole('checkbox', { name: /Alaska Air/ }).check();
  await page.getByLabel('Label rows of a customer in a night, at most').fill('1000');
  await page.getByLabel('Days back').fill('366');
  await page.getByLabel('Begins at').fill(hourIn(3));
  await page.getByLabel('Stops at').fill(hourIn(4));
  await page.getByLabel('Time zone').fill('UTC');
  const proposal = page.getByRole('region', { name: 'Proposal' });
  await expect(proposal).toContainText('Write the reason first.');
  await expect(proposal).toContainText('without a gap, and deletes at most 1,000 label rows of a customer');
  await page.getByLabel('Reason, which the approver reads').fill(reason);
  await axe(page, 'the form');
  await proposal.getByRole('button', { name: 'Propose' }).click();
  await expect(page).toHaveURL(/\/orders\/[0-9a-f-]{36}$/);
  await expect(status(page, 'proposed')).toBeVisible({ timeout: countMs });
  await expect(page.getByText(/^It would have (mended|repaired)/)).toBeVisible();
  await expect(page.getByRole('row', { name: /Alaska Air/ })).toBeVisible();
  await page.getByRole('button', { name: 'Ask for approval of exactly this order' }).click();
  const approval = page.getByRole('region', { name: 'Approval' });
  await expect(approval.getByText('waiting', { exact: true })).toBeVisible();
  await expect(approval).toContainText('sign in as approver. That is another name, such as Demo approver.');

  const approver = await secondPerson(browser, null);
  const panel = await openRequest(approver, reason);
  await expect(panel).toContainText('Demo operator');
  await expect(panel.getByRole('row', { name: /Alaska Air/ })).toBeVisible();
  await approve(panel, 'looked at last night');
  await approver.context().close();

  await expect(status(page, 'active')).toBeVisible();
  await expect(page.getByText('It had no night yet')).toBeVisible();
  await axe(page, 'the order');
  await page.getByRole('button', { name: 'End', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'End the standing order' });
  await dialog.getByLabel('Reason, for the audit').fill('the cron is mended');
  await dialog.getByRole('button', { name: 'End it' }).click();
  await expect(status(page, 'ended')).toBeVisible();
  await page.getByRole('link', { name: 'Standing orders' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'ended' }).first()).toBeVisible();
  await axe(page, 'the list');
});
