import { randomUUID } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { asAdmin } from './support/engine';
import { cancel, confirmUnknown, repairMs, status } from './support/repair';
import { approve, ask, openRequest, secondPerson } from './support/second-person';
import { signIn } from './support/sign-in';

/** Six days of 10,000 conversations each, above the threshold of 50,000 rows. */
const ranges = {
  first: ['2026-01-15', '2026-01-21'],
  second: ['2026-02-05', '2026-02-11'],
  own: ['2026-01-22', '2026-01-28'],
} as const;

/** Writes a label row of a day again, so that a plan of it is another plan than any before. */
const touch = (day: string) =>
  asAdmin(
    `INSERT INTO contoso.conversation_with_labels SELECT * REPLACE (now64(3) AS update_time)
     FROM contoso.conversation_with_labels FINAL WHERE toDate(conversation_start_time, 'UTC') = '${day}' LIMIT 1`,
  );

async function openLargePlan(page: Page, [from, to]: readonly [string, string]) {
  await touch(from);
  await page.goto(`/backfills/new?customer=contoso&from=${from}&to=${to}&all=true&strategy=replace&units=day`);
  const confirm = await confirmUnknown(page);
  return { confirm, start: confirm.getByRole('button', { name: /^Delete [\d,]+ label rows/ }) };
}

test('a large plan starts by itself once a second person approved exactly it; another state of the labels needs another approval', async ({
  page,
  browser,
}, { retry }) => {
  test.setTimeout(repairMs + 120_000);
  const reason = `six days ${randomUUID()}`;
  await signIn(page, 'operator');
  const range = retry === 0 ? ranges.first : ranges.second;
  const { confirm, start } = await openLargePlan(page, range);
  await expect(confirm).toContainText(/This backfill needs a second person: it would delete [\d,]+ label rows/);
  await expect(start).toBeDisabled();
  await ask(page, reason);
  await expect(start).toBeDisabled();

  const approver = await secondPerson(browser);
  const panel = await openRequest(approver, reason);
  await expect(panel).toContainText('E2E operator');
  await touch(range[0]);
  await approve(panel, 'looked at all six days');
  await expect(confirm).toContainText(
    'E2E approver approved what E2E operator asked for, but it has not started. The plan changed since you looked at it.',
  );
  await start.click();
  const dialog = page.getByRole('dialog', { name: 'Start the backfill' });
  await dialog.getByLabel('Reason, for the audit').fill(reason);
  await expect(dialog.getByRole('button', { name: /^Delete / })).toBeDisabled();
  await dialog.getByLabel(/^Type contoso to confirm/).fill('contoso');
  await dialog.getByRole('button', { name: /^Delete / }).click();
  await expect(dialog.getByRole('alert')).toContainText('The plan changed since you looked at it.');
  await dialog.getByRole('button', { name: 'Preview again' }).click();
  await expect(dialog).toBeHidden();
  await expect(start).toBeDisabled();
  await ask(page, `${reason}, again`);

  await approver.getByRole('button', { name: 'Close' }).click();
  await approver.getByLabel('Filter by state').selectOption('withdrawn');
  await expect(approver.getByRole('row').filter({ hasText: reason }).filter({ hasText: 'withdrawn' })).toBeVisible();
  await approve(await openRequest(approver, `${reason}, again`), 'one row is newer');
  await approver.context().close();
  await expect(confirm).toContainText('E2E approver approved it, and it was started.');
  await confirm.getByRole('link', { name: 'Open the run' }).click();

  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}/);
  await expect(page.getByRole('link', { name: 'approved by E2E approver' })).toBeVisible();
  await cancel(page, /^Finish .*, then stop/, 'one day shows it');
  await expect(status(page, 'cancelled')).toBeVisible({ timeout: repairMs });
});

test('nobody approves what they asked for themselves, whatever their role; taken back, it waits no more', async ({
  page,
  browser,
}) => {
  test.setTimeout(repairMs);
  const reason = `my own ${randomUUID()}`;
  const approver = await secondPerson(browser);
  await openLargePlan(approver, ranges.own);
  await ask(approver, reason);
  const own = await openRequest(approver, reason);
  await expect(own).toContainText('You asked for this, so another person with the role approver decides.');
  await expect(own.getByRole('button', { name: /^Approve|^Refuse/ })).toHaveCount(0);

  await signIn(page, 'viewer', '/approvals');
  const seen = await openRequest(page, reason);
  await expect(seen).toContainText('Needs the role approver; you are viewer.');
  await expect(seen.getByRole('button', { name: /^Approve|^Refuse|^Withdraw/ })).toHaveCount(0);

  await own.getByLabel('Reason, for the audit').fill('not needed any more');
  await own.getByRole('button', { name: 'Withdraw' }).click();
  await expect(own.getByText('withdrawn', { exact: true })).toBeVisible();
  await expect(seen.getByText('withdrawn', { exact: true })).toBeVisible();
  await approver.context().close();
});
