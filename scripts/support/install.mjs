// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, isMarked, mark } from './hash.mjs';
import { root, run } from './run.mjs';

const marker = join(root, 'node_modules', '.installed-from');

/** Ends the process with a sentence if this Node is too old for the project. */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 20)) return;
  process.stderr.write(`Node ${process.versions.node} is too old: this project needs ${engines.node}.\n`);
  process.exit(1);
}

/** Installs the packages if the lock file has changed since they were installed. Throws if npm fails. */
export async function install() {
  const hash = hashOf(root, ['package-lock.json']);
  if (isMarked(marker, hash)) return;
  process.stderr.write('Installing packages (about a minute the first time).\n');
  const code = await run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`The packages could not be installed: "npm ci" ended with ${code}.`);
  mark(marker, hash);
}

/** Whether packages were ever installed, for commands that do not install them. */
export const isInstalled = () => existsSync(join(root, 'node_modules', 'esbuild'));
