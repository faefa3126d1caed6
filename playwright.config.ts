import { defineConfig } from '@playwright/test';
import { chromiumFlags, installedChromium } from './scripts/support/chromium.mjs';

/** Runs against a running stack at BASE_URL, which `scripts/test.mjs` starts on a new data folder. */
export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  workers: 1,
  forbidOnly: true,
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: process.env.BASE_URL ?? 'http://127.0.0.1:3000',
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    timezoneId: 'America/New_York',
    permissions: ['clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    trace: 'on-first-retry',
    launchOptions: { executablePath: installedChromium(), args: chromiumFlags },
  },
});
