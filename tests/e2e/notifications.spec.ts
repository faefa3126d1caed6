import { expect, test } from '@playwright/test';
import { signIn } from './support/sign-in';

test('a rule is changed with the keyboard alone, and a viewer can only read it', async ({ page, browser }) => {
  await signIn(page, 'approver', '/notifications?show=rules');
  const rule = page.getByRole('button', { name: /^Scan overdue by Webhook:/ });
  await rule.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Scan overdue by Webhook' });
  await dialog.getByLabel('Customers').fill('alaska*');
  await dialog.getByLabel('Urgent: send it also in quiet hours').press('Space');
  await dialog.getByRole('button', { name: 'Save the rule' }).press('Enter');
  await expect(dialog).toBeHidden();
  await expect(rule).toHaveAccessibleName(/all, of alaska\*, urgent, not configured$/);
  await rule.press('Enter');
  await dialog.getByLabel('Customers').fill('not an id!');
  await dialog.getByLabel('Customers').press('Tab');
  await dialog.getByRole('button', { name: 'Save the rule' }).press('Enter');
  await expect(dialog.getByText('Write the id of a customer; * stands for any characters.').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const viewer = await (await browser.newContext()).newPage();
  await signIn(viewer, 'viewer', '/notifications?show=rules', 'E2E viewer');
  await expect(viewer.getByText('Rules cannot be changed by you.')).toBeVisible();
  await expect(viewer.getByRole('button', { name: /^Scan overdue by Webhook:/ })).toBeDisabled();
  await viewer.context().close();
});

test('what configures a channel is named, and the health page says that nobody hears of anything', async ({ page }) => {
  await signIn(page, 'viewer', '/notifications');
  const channels = page.getByRole('list', { name: 'Channels' });
  await expect(channels.getByText('SLC_NOTIFY_SLACK_URL')).toBeVisible();
  await expect(channels.getByRole('heading', { name: 'This browser' })).toBeVisible();
  await page.goto('/health');
  await expect(page.getByRole('listitem').filter({ hasText: 'Notifications' }).first()).toContainText('not configured');
});

test('a test message is previewed before it is sent', async ({ page }) => {
  await page.route('**/api/notifications', async (route) => {
    const { 'if-none-match': _, ...headers } = route.request().headers();
    const answer = await (await route.fetch({ headers })).json();
    for (const channel of answer.data.channels) channel.configured = true;
    await route.fulfill({ json: { ...answer, revision: 'configured' } });
  });
  await signIn(page, 'approver', '/notifications');
  await page.getByRole('button', { name: 'Send a test' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Test Webhook' });
  await expect(dialog.getByRole('blockquote', { name: 'Preview' })).toContainText(
    'Test: E2E approver tests the notifications of the console.',
  );
  await dialog.getByRole('button', { name: 'Send it by Webhook' }).click();
  await expect(dialog.getByRole('alert')).toContainText('is not configured, so nothing can be sent');
});

test('a browser that allows it shows what is new once, and leads to its page', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ permissions: ['notifications'] });
  await context.addInitScript(() => {
    const shown: string[] = [];
    class Notice {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      close = () => undefined;
      constructor(title: string) {
        shown.push(title);
      }
    }
    Object.assign(window, { Notification: Notice, shownNotices: shown });
  });
  const news = { id: 'a', title: 'acme is wrong.', line: '', path: '/trouble', resolution: null };
  let answer: unknown[] = [];
  await context.route('**/api/notifications/news', (route) =>
    route.fulfill({ json: { ok: true, data: answer, revision: String(answer.length) } }),
  );
  const page = await context.newPage();
  await signIn(page, 'viewer', '/notifications');
  await page.getByRole('button', { name: 'Turn on' }).click();
  await expect(page.getByRole('button', { name: 'Turn off' })).toBeVisible();
  await expect.poll(() => page.evaluate(() => localStorage.getItem('slc.notifications.shown'))).toBe('');
  answer = [news];
  const other = await context.newPage();
  await other.goto(`${baseURL}/trouble`);
  await page.reload();
  const shown = async () => {
    const of = async (tab: typeof page) =>
      tab.evaluate(() => (window as unknown as { shownNotices: string[] }).shownNotices.length);
    return (await of(page)) + (await of(other));
  };
  await expect.poll(shown).toBe(1);
  await page.waitForLoadState('networkidle');
  expect(await shown()).toBe(1);
  await context.close();
});
