// @ts-check
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/** Installs Debian packages if this is root on a system with apt-get. @param {string[]} packages */
export async function aptInstall(packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // Parts of the tests run side by side, and dpkg serves one at a time.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', [...lock, 'update', '-qq'], { env });
  await run('apt-get', [...lock, 'install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}
