import { type Browser, expect, type Locator, type Page } from '@playwright/test';
import { signIn } from './sign-in';

/** An approver in a separate browser. */
export async function secondPerson(browser: Browser, name: string | null = 'E2E approver'): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signIn(page, 'approver', '/customers', name);
  return page;
}

/** Asks for the approval of the plan on the page. */
export async function ask(page: Page, reason: string): Promise<void> {
  const section = page.getByRole('region', { name: 'Approval' });
  await section.getByLabel('Reason, which the approver reads').fill(reason);
  await section.getByRole('button', { name: 'Ask for approval of exactly this plan' }).click();
  await expect(section.getByText('waiting', { exact: true })).toBeVisible();
}

/** Finds a request by its reason, from the header of whatever page is open; returns the panel that shows it. */
export async function openRequest(page: Page, reason: string): Promise<Locator> {
  await page.getByRole('link', { name: /approvals? waits? for a second person|things? needs? attention/ }).click();
  const entry = page.getByRole('listitem').filter({ hasText: reason });
  await entry.getByRole('link', { name: 'Open the request' }).click();
  const panel = page.getByRole('dialog', { name: 'Approval' });
  await expect(panel).toContainText(reason);
  return panel;
}

/** Approves a request, with a reason. It may have started what it is for by the time that its state is shown. */
export async function approve(panel: Locator, reason: string): Promise<void> {
  await panel.getByLabel('Reason, for the audit').fill(reason);
  await panel.getByRole('button', { name: /^Approve/ }).click();
  await expect(panel.getByText(/^(approved|used)$/)).toBeVisible();
}
