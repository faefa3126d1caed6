import { expect, type Page, test } from '@playwright/test';
import { axe } from './support/axe';
import { settled, signIn } from './support/sign-in';

const field = (page: Page) => page.getByRole('combobox', { name: 'Find anything, or paste a ticket' });

/** Pastes as a person does: the text comes as an event of the clipboard. */
async function paste(page: Page, text: string): Promise<void> {
  await expect(field(page)).toBeFocused();
  await field(page).evaluate((input, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', pasted);
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

const mail = `From: Jane Doe <jane@northwind.example>
Date: Wed, 11 Feb 2026 09:12:00 +0000
Subject: alaska-air: Active Days 0

Hi team,

yesterday Corinne Harmon had 17 chats, and Active Days shows 0.

Kind regards,
Jane Doe
Northwind Bank`;

test('a pasted ticket lands on its day with one Enter', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.keyboard.press('Control+k');
  await paste(page, mail);
  const understood = page.getByRole('dialog').getByRole('status');
  await expect(understood).toContainText('Alaska Air · 10 Feb 2026 · Corinne Harmon');
  await expect(page.getByRole('option', { name: /Open the day/ })).toHaveAttribute('aria-selected', 'true');
  await axe(page, 'a ticket that was understood');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/customers\/alaska-air\/days\/2026-02-10/);
});

test('a ticket that may mean two customers is asked about, and the choice goes on to the day', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.keyboard.press('Control+k');
  await paste(page, 'Alaska Air and Northwind Bank\nboth have wrong labels on 10 Feb 2026');
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('Which customer is meant');
  await axe(page, 'a ticket that is asked about');
  await page.getByRole('option', { name: /Alaska Air/ }).click();
  await page.getByRole('option', { name: /Open the day/ }).click();
  await expect(page).toHaveURL(/\/customers\/alaska-air\/days\/2026-02-10/);
});

test('words find what begins with them, and no scattered letters do', async ({ page }) => {
  await signIn(page, 'viewer');
  await settled(page);
  await page.keyboard.press('Control+k');
  await field(page).fill('himalaya');
  await expect(page.getByRole('option', { name: /Open Himalaya Trek/ })).toBeVisible();
  for (const option of await page.getByRole('option').allTextContents()) expect(option).toMatch(/himalaya/i);
  await field(page).fill('corinne harmon 10 feb');
  await page.getByRole('option', { name: /Open the day/ }).click();
  await expect(page).toHaveURL(/\/customers\/alaska-air\/days\/2026-02-10\?agent=Corinne/);
});
