// @ts-check
import { existsSync } from 'node:fs';
import { aptInstall } from './apt.mjs';
import { bin, run } from './run.mjs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of the system's browser; undefined if there is none. */
export const installedChromium = () =>
  [process.env.CHROMIUM_PATH, ...places].find((place) => place && existsSync(place));

/** Options for a browser in a container without a GPU or outside network. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Finds a browser for the tests: the system's, else one that it installs with apt-get (as root), else Playwright's,
 * which it downloads. Resolves with its path, or '' for Playwright's. Throws if none can be installed.
 */
export async function ensureChromium() {
  const found = installedChromium();
  if (found) return found;
  await aptInstall(['chromium']);
  const now = installedChromium();
  if (now) return now;
  const code = await run(bin('playwright'), ['install', 'chromium']);
  if (code !== 0) throw new Error('No browser could be installed. Install Chromium and run the tests again.');
  return '';
}
