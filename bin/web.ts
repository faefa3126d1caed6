import './support/version-option';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@/lib/config';
import { repositoryRoot } from '@/lib/embedded/root';
import { messageOf } from '@/lib/errors';

/**
 * Longer than a proxy keeps an idle connection (nginx: 60 s), so that none sends a command into one that is closing.
 */
const keepAliveMs = 75_000;

/**
 * Serves the built pages: `node dist/web.mjs`, from a checkout or from the image's standalone tree. It listens on
 * `HOST` and `PORT`, the same that the guard of the demo's sign-in checks.
 */
async function main(): Promise<void> {
  const { host, port } = loadConfig().web;
  const dir = repositoryRoot();
  process.chdir(dir);
  const { config } = JSON.parse(readFileSync(join(dir, '.next', 'required-server-files.json'), 'utf8'));
  // NOTE: the server.js of a standalone build does the same, but listens on HOSTNAME, which is the name of the pod.
  Object.assign(process.env, { NODE_ENV: 'production', __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify(config) });
  const { startServer } = await import('next/dist/server/lib/start-server.js');
  await startServer({ dir, isDev: false, hostname: host, port, allowRetry: false, keepAliveTimeout: keepAliveMs });
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
