// @ts-check
import { existsSync } from 'node:fs';
import { bin, run } from './run.mjs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const installed = () => places.find((place) => existsSync(place)) ?? null;

/**
 * The browser for the tests: the system's; else it is installed through apt-get (as root), else Playwright's own is
 * downloaded. Resolves with its path, or '' for Playwright's. Throws when none can be had.
 */
export async function ensureChromium() {
  const found = installed();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-qq'], { env });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env });
    const now = installed();
    if (now) return now;
  }
  const code = await run(bin('playwright'), ['install', 'chromium']);
  if (code !== 0) throw new Error('No browser could be installed. Install Chromium and run the tests again.');
  return '';
}
