import './support/version-option';

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@/lib/config';
import { repositoryRoot } from '@/lib/embedded/root';
import { messageOf } from '@/lib/errors';

/** Longer than a proxy keeps an idle connection (nginx: 60 s): it never sends a command into one that closes. */
const keepAliveMs = 75_000;

/**
 * The pages as they were built: `node dist/web.mjs`, from a checkout and from the image's standalone tree. It listens
 * where `HOST` and `PORT` say, which is what the guard of the demo's sign-in looks at.
 */
async function main(): Promise<void> {
  const { host, port } = loadConfig().web;
  const dir = repositoryRoot();
  process.chdir(dir);
  const { config } = JSON.parse(readFileSync(join(dir, '.next', 'required-server-files.json'), 'utf8'));
  // NOTE: as the server.js of a standalone build does, which takes its address from HOSTNAME: a pod's name.
  Object.assign(process.env, { NODE_ENV: 'production', __NEXT_PRIVATE_STANDALONE_CONFIG: JSON.stringify(config) });
  const { startServer } = await import('next/dist/server/lib/start-server.js');
  await startServer({ dir, isDev: false, hostname: host, port, allowRetry: false, keepAliveTimeout: keepAliveMs });
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
