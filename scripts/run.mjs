// @ts-check
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isInstalled, requireNode } from './support/install.mjs';
import { root } from './support/run.mjs';

/**
 * `node scripts/run.mjs <program> [argument...]`: runs a program of `bin/`, and bundles it first if its sources have
 * changed.
 */
requireNode();
const [name = '', ...args] = process.argv.slice(2);
if (!isInstalled()) {
  process.stderr.write('The packages are not installed. Run "npm ci", or "npm start" once.\n');
  process.exit(1);
}
try {
  const { buildChangedBundles } = await import('./build.mjs');
  await buildChangedBundles();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
process.chdir(root);
const program = resolve(join(root, 'dist', `${name}.mjs`));
process.argv = [process.argv[0] ?? 'node', program, ...args];
await import(pathToFileURL(program).href);
