// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { install, requireNode } from './support/install.mjs';
import { root } from './support/run.mjs';

/**
 * `npm run faults -- --seed N --minutes M`: repairs under faults, see `bench/faults.ts`. First builds what has changed.
 * Signals are passed on; the bench ends everything that it started, even when it is killed.
 */
requireNode();
process.chdir(root);
await install();
const { buildBundles, buildWeb } = await import('./build.mjs');
await buildBundles(['bin', 'bench']);
await buildWeb();
const bench = spawn(process.execPath, [join(root, 'dist', 'bench-faults.mjs'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => bench.kill(signal));
bench.once('exit', (code) => process.exit(code ?? 1));
