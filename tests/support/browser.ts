import { type Browser, chromium } from '@playwright/test';
import { chromiumFlags, ensureChromium } from '@/scripts/support/chromium.mjs';

/** The machine's Chromium, or Playwright's own. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = (await ensureChromium()) || undefined;
  return chromium.launch({ executablePath, args: chromiumFlags });
}
