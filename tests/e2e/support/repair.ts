import { expect, type Locator, type Page } from '@playwright/test';
import { asAdmin } from './engine';

export const repairMs = 150_000;

/** The status beside a run's title. */
export const status = (page: Page, name: string): Locator => page.locator('h1').getByText(name, { exact: true });

/** Checks what the plan asks to be confirmed, where it asks anything. */
export async function confirmUnknown(page: Page): Promise<Locator> {
  const confirm = page.getByRole('region', { name: 'Confirm' });
  await expect(confirm).toBeVisible({ timeout: 60_000 });
  for (const box of await confirm.getByRole('checkbox').all()) await box.check();
  return confirm;
}

/** Starts a replace of a range, day by day, on the plan page; ends on the run's page. */
export async function startRun(page: Page, customer: string, from: string, to: string, reason: string): Promise<void> {
  await page.goto(`/backfills/new?customer=${customer}&from=${from}&to=${to}&strategy=replace&units=day`);
  const confirm = await confirmUnknown(page);
  await confirm.getByRole('button').last().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason, for the audit').fill(reason);
  await dialog.getByRole('button', { name: /^(Delete|Relabel) / }).click();
  await expect(page).toHaveURL(/\/backfills\/[0-9a-f-]{36}/);
}

/** Opens the dialog that stays the run, and cancels it in the way that `choice` names. */
export async function cancel(page: Page, choice: RegExp, reason: string): Promise<void> {
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Cancel the run' });
  await expect(dialog.getByText(/looks at how to cancel\./)).toBeVisible();
  await dialog.getByRole('radio', { name: choice }).check();
  await dialog.getByLabel('Reason, for the audit (optional)').fill(reason);
  await dialog.getByRole('button', { name: choice }).click();
  await expect(dialog).toBeHidden();
}

/** Presses a control of a run and gives its reason. */
export async function press(page: Page, control: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: control, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: control });
  await dialog.getByLabel('Reason, for the audit').fill(reason);
  await dialog.getByRole('button', { name: control }).click();
  await expect(dialog).toBeHidden();
}

/**
 * A customer whose labels are right except those that a test makes wrong; its days are UTC, of 150 conversations
 * each.
 */
export const clean = { customer: 'northwind', labels: 'northwind.conversation_with_labels' };

const ofDay = (day: string) =>
  `FROM ${clean.labels} FINAL WHERE customer_id = '${clean.customer}' AND toDate(conversation_start_time, 'UTC') = '${day}'`;

/** Gives five conversations of a day a second label, of an agent that nobody is. Returns the first one's id. */
export async function plantDuplicates(day: string, agent: string): Promise<string> {
  await asAdmin(
    `INSERT INTO ${clean.labels} SELECT * REPLACE ('${agent}' AS agent_user_id, now64(3) AS update_time)
     ${ofDay(day)} ORDER BY conversation_id LIMIT 5`,
  );
  return (
    await asAdmin(`SELECT min(conversation_id) ${ofDay(day)} AND agent_user_id = '${agent}' FORMAT TSVRaw`)
  ).trim();
}

/** How many label rows a day has, and what is in them to the last byte. */
export const digestOf = (day: string): Promise<string> =>
  asAdmin(`SELECT count(), sum(cityHash64(*)) ${ofDay(day)} FORMAT TSVRaw`);
