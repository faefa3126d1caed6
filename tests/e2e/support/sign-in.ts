import { expect, type Page } from '@playwright/test';

export type Role = 'viewer' | 'operator' | 'approver';

/** Signs in as a person would and ends on `path`; with null as the name that the demo proposes for the role. */
export async function signIn(
  page: Page,
  role: Role,
  path = '/customers',
  name: string | null = `E2E ${role}`,
): Promise<void> {
  await page.goto(path);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  if (name !== null) await page.getByLabel('Your name').fill(name);
  await page.getByRole('radio', { name: new RegExp(role, 'i') }).check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Places' }).waitFor();
}

export const incident = { customer: 'alaska-air', day: '2026-02-10', dayAfter: '2026-02-11' };
export const places = {
  customers: '/customers',
  customer: `/customers/${incident.customer}`,
  day: `/customers/${incident.customer}/days/${incident.day}`,
  allOfDay: `/customers/${incident.customer}/days/${incident.day}?show=all`,
  findings: '/findings?state=all',
  ledger: '/findings/ledger',
  backfills: '/backfills',
  campaigns: '/campaigns',
  newCampaign: '/campaigns/new',
  approvals: '/approvals',
  mutations: '/mutations',
  plan: `/backfills/new?customer=${incident.customer}&from=${incident.day}&to=${incident.dayAfter}`,
  activeDays: `/active-days?customer=${incident.customer}&from=${incident.day}&to=${incident.dayAfter}`,
  undo: '/backfills/00000000-0000-4000-8000-000000000000/undo',
  noSuchChanges: '/backfills/00000000-0000-4000-8000-000000000000/changes',
  orders: '/orders',
  newOrder: '/orders/new',
  audit: '/audit',
  rowHistory: `/audit/row?customer=${incident.customer}&conversation=none`,
  health: '/health',
  schedule: '/schedule?show=all',
  cases: '/notifications',
  rules: '/notifications?show=rules',
  messages: '/notifications?show=history',
  trouble: '/trouble',
  noSuchFinding: '/findings/00000000-0000-4000-8000-000000000000',
  noFinding: '/findings?q=nobody',
  sessions: '/sessions',
  help: '/help',
  document: '/help/findings',
  tokens: '/tokens',
  rowHistoryBare: '/audit/row',
};

/** Waits until the page shows what it loads instead of its skeleton. */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('main h1')).toBeVisible();
  await expect(page.locator('main').getByRole('status', { name: /Loading|Making/ })).toHaveCount(0);
}
