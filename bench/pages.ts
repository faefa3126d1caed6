import { chromium, type Page } from '@playwright/test';
import { ClickHouse } from '@/lib/clickhouse/client';
import { createContext } from '@/lib/context';
import { addDays } from '@/lib/days';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { every, poll } from '@/lib/poll';
import { connectPostgres } from '@/lib/postgres/client';
import { chromiumFlags, installedChromium } from '@/scripts/support/chromium.mjs';
import { actor, makeCustomer } from './units/customer';
import { viewerCookie } from './units/viewer';

/**
 * How long the pages of a running embedded console (SLC_DATA_DIR) take: the server's answer to each, and what a person
 * does on the page of a day with 170,000 conversations, from the key or click until the browser has painted.
 * `npm run bench -- pages`
 */
const rounds = 15;
const conversations = 170_000;
const day = '2025-06-10';
const alaska = '/customers/alaska-air';
const range = 'customer=alaska-air&from=2026-02-10&to=2026-02-11';
const pages = [
  '/customers',
  alaska,
  `${alaska}/days/2026-02-10`,
  `${alaska}/days/2026-02-10?show=all`,
  '/findings',
  '/findings/ledger',
  '/schedule',
  '/backfills',
  `/backfills/new?${range}`,
  '/campaigns',
  '/campaigns/new',
  '/orders',
  '/orders/new',
  '/approvals',
  '/mutations',
  `/active-days?${range}`,
  '/audit',
  '/health',
  '/trouble',
  '/notifications',
  '/sessions',
  '/help',
];

const ctx = createContext({ process: 'bench' });
const { clickhouse, chats: chatsOf } = ctx.config;
const base = ctx.config.web.baseUrl;
const cookie = await viewerCookie(ctx);

const say = (line: string) => process.stdout.write(`${line}\n`);
const part = (values: number[], share: number) => {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
};

/** Milliseconds until the whole answer of the server is there. */
async function serverMs(path: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(base + path, { headers: { cookie }, redirect: 'error' });
  await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return performance.now() - startedAt;
}

async function measureServer() {
  say(`${'page'.padEnd(64)}${'median'.padStart(10)}${'p95'.padStart(10)}  ms`);
  const lines: { path: string; p50: number; p95: number }[] = [];
  for (const path of pages) {
    for (let warm = 0; warm < 3; warm += 1) await serverMs(path);
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await serverMs(path));
    const line = { path, p50: part(times, 0.5), p95: part(times, 0.95) };
    lines.push(line);
    say(`${path.padEnd(64)}${String(line.p50).padStart(10)}${String(line.p95).padStart(10)}`);
  }
  return lines;
}

async function makeDay(): Promise<string> {
  const admin = new ClickHouse({ url: clickhouse.url, user: clickhouse.users.admin, log: ctx.log });
  const chats = connectPostgres({ url: chatsOf.ownerUrl, log: ctx.log, application: 'slc-bench' });
  const id = `large-day-${Date.now().toString(36)}`;
  const shape = { id, fromDay: day, days: 1, conversationsADay: conversations, staleOf: () => 20, withoutChats: true };
  const { id: customerId } = await makeCustomer(ctx, { admin, chats }, shape);
  const { scanId } = await requestScan(ctx, { customerId, fromDay: day, toDay: addDays(day, 1) }, actor);
  await poll(every(500), async () => {
    const { status } = await getScan(ctx, scanId);
    return status === 'succeeded' || null;
  });
  await chats.close();
  return customerId;
}

/** Reads what the browser says of each key and click: the milliseconds from it to the next paint. */
async function watchEvents(page: Page) {
  await page.addInitScript(() => {
    const seen: number[] = [];
    Object.assign(window, { seenEvents: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as PerformanceEventTiming[])
        if (entry.interactionId) seen.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
}

const eventsOf = (page: Page) =>
  page.evaluate(() => {
    const all = (window as unknown as { seenEvents: number[] }).seenEvents;
    return all.splice(0, all.length);
  });

async function measureInteractions(customerId: string) {
  const browser = await chromium.launch({ executablePath: installedChromium(), args: chromiumFlags });
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: base }]);
  const page = await context.newPage();
  await watchEvents(page);
  await page.goto(`${base}/customers/${customerId}/days/${day}?show=all`);
  await page.locator('main [data-row-link]').first().waitFor();
  await page.waitForTimeout(2_000);
  const deeds: [string, () => Promise<unknown>][] = [
    ['next row by key', () => page.keyboard.press('j')],
    ['open a row', () => page.locator('main [data-row-link]').first().click()],
    ['close it by key', () => page.keyboard.press('Escape')],
    ['type into the search', () => page.locator('main [data-search]').first().pressSequentially('ab')],
    [
      'empty the search',
      () =>
        page
          .locator('main [data-search]')
          .first()
          .press('Control+A')
          .then(() => page.keyboard.press('Delete')),
    ],
    ['sort by a column', () => page.locator('main thead th button').first().click()],
  ];
  say(`\n${'on a day of 170,000 conversations'.padEnd(40)}${'p50'.padStart(8)}${'p98'.padStart(8)}  ms`);
  const lines: { what: string; p50: number; p98: number }[] = [];
  await eventsOf(page);
  for (const [what, act] of deeds) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      if (what === 'close it by key') {
        await page.locator('main [data-row-link]').first().click();
        await page.getByRole('dialog').waitFor();
        await page.waitForTimeout(300);
        await eventsOf(page);
      }
      const isThere = await act().then(
        () => true,
        () => false,
      );
      if (!isThere) break;
      await page.waitForTimeout(400);
      times.push(Math.max(0, ...(await eventsOf(page))));
      if (what === 'open a row') {
        await page.keyboard.press('Escape');
        await page.waitForTimeout(300);
        await eventsOf(page);
      }
    }
    const line = { what, p50: part(times, 0.5), p98: part(times, 0.98) };
    lines.push(line);
    say(
      times.length === 0
        ? `${what.padEnd(40)}  there is no such thing on the page`
        : `${what.padEnd(40)}${String(line.p50).padStart(8)}${String(line.p98).padStart(8)}`,
    );
  }
  await browser.close();
  return lines;
}

const server = await measureServer();
const interactions = await measureInteractions(await makeDay());
say(JSON.stringify({ server, interactions }));
await ctx.close();
