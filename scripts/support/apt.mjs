// @ts-check
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/** Installs Debian packages if this is root on a system with apt-get. @param {string[]} packages */
export async function aptInstall(packages) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env });
}
