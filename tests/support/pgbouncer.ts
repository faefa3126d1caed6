import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { engineAccount } from '@/lib/embedded/postgres/account';
import { programPath } from '@/scripts/support/programs.mjs';
import { freePort } from '@/scripts/support/stack.mjs';
import { until } from './until';

const program = programPath('pgbouncer');

/** A test without PgBouncer is left out, but not where everything is required. */
export const noPgBouncer = program === undefined && process.env.REQUIRE_CLUSTER !== '1';

/**
 * PgBouncer in transaction mode before the run's Postgres, with its defaults otherwise. `through` gives a URL's way
 * through it.
 */
export async function startPgBouncer() {
  const { folder, postgresPort, postgresAdminPassword, postgresPasswords } = inject('engines');
  const account = engineAccount(null);
  const port = await freePort();
  const users = { admin: postgresAdminPassword, console: postgresPasswords.owner, slc_app: postgresPasswords.app };
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const list = file(
    `pgbouncer-${port}.txt`,
    Object.entries(users)
      .map(([user, password]) => `"${user}" "${password}"\n`)
      .join(''),
  );
  const settings = file(
    `pgbouncer-${port}.ini`,
    `[databases]
* = host=127.0.0.1 port=${postgresPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${list}
pool_mode = transaction
`,
  );
  const child = spawn(program ?? 'pgbouncer', [settings], {
    ...account,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([failed, until('PgBouncer listens', () => said.includes('process up'), 20_000)]);
  return {
    through: (url: string) => Object.assign(new URL(url), { port: String(port) }).href,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
