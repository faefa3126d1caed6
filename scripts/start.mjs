// @ts-check
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install, requireNode } from './support/install.mjs';
import { root } from './support/run.mjs';

/** `npm start`: installs and builds what is missing or has changed, then becomes the supervisor. */
requireNode();
process.chdir(root);
try {
  await install();
  const { buildBundles, buildWeb } = await import('./build.mjs');
  await buildBundles();
  await buildWeb();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
// NOTE: npm sends signals to the shell between npm and this process, and that shell ends without passing them on.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, 200);
  look.unref();
}
const supervisor = join(root, 'dist', 'supervisor.mjs');
process.argv = [process.argv[0] ?? 'node', supervisor, '--fall-back'];
await import(pathToFileURL(supervisor).href);
