import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { patiently } from '@/lib/patience';
import { freePort } from '../ports';
import { readPrivateJson, writePrivateJson } from '../private-file';
import { type Home, preparePostgresHome } from './home';
import { stopOrphan, stopPostmaster } from './orphan';
import { Passwords, prepareDatabases } from './prepare-databases';
import { hasData, initialiseData, startServer } from './server';

const Keys = z.object({ id: z.string(), port: z.number().nullable(), passwords: Passwords, prepared: z.boolean() });
const mint = () => randomBytes(18).toString('base64url');
const leftoversMs = 10_000;

export type PostgresOptions = {
  /** The data folder of the stack; data go to `postgres` in it, or elsewhere, see `preparePostgresHome`. */
  dataDir: string;
  log: Log;
  /** False where a lost power supply may cost the data: tests. */
  durable?: boolean;
  /** Called when the server ends without `stop`. */
  onExit?: (reason: string) => void;
};

export type RunningPostgres = {
  /** The console's database, as the app's role. */
  url: string;
  /** The same as the owner of its tables: migrations only. */
  ownerUrl: string;
  /** The database of `chats`, as a role that may only read. */
  chatsUrl: string;
  /** The same as its owner: demo data only. */
  chatsOwnerUrl: string;
  /** The superuser's connection to any database of this server. */
  adminUrl(database: string): string;
  pid: number;
  /** Where the data are when they are outside of `dataDir`, for people. */
  outsideFolder: string | null;
  stop(): Promise<void>;
};

/**
 * Starts a real Postgres on a loopback port that `dataDir` keeps, with minted passwords (scram), its data reused.
 * A server that a killed supervisor left behind on the same data is stopped first.
 * Throws AppError('unavailable') when it cannot be started.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const dataDir = resolve(options.dataDir);
  const { log, durable = true } = options;
  const keysPath = join(dataDir, 'postgres.json');
  const kept = readPrivateJson(keysPath, Keys);
  const keys = kept ?? { id: mint(), port: null, passwords: mintPasswords(), prepared: false };
  if (!keys.passwords.slc_app) {
    keys.passwords.slc_app = mint();
    keys.prepared = false;
  }
  const home = await preparePostgresHome(dataDir, keys.id);
  if (hasData(home) && !kept) {
    throw new AppError('unavailable', `The passwords of the Postgres data in ${home.data} are lost (${keysPath}).`);
  }
  const orphan = await stopOrphan(home.data);
  if (orphan !== null) log.warn({ pid: orphan }, 'stopped the Postgres that an earlier start left behind');
  keys.port = await freePort(keys.port);
  writePrivateJson(keysPath, keys);
  if (!hasData(home)) {
    keys.prepared = false;
    await initialiseData(home, keys.passwords.admin, durable);
  }
  const server = await startAfterLeftovers(home, keys.port, durable, join(dataDir, 'logs', 'postgres.log'));
  const url = (user: keyof Passwords, database: string) =>
    `postgres://${user}:${keys.passwords[user]}@127.0.0.1:${keys.port}/${database}`;
  const pid = server.child.pid ?? 0;
  if (!keys.prepared) {
    try {
      await prepareDatabases((database) => url('admin', database), keys.passwords, log);
    } catch (error) {
      await stopPostmaster(pid);
      throw error;
    }
    writePrivateJson(keysPath, { ...keys, prepared: true });
  }
  let stopping = false;
  server.exited.then((reason) => {
    if (!stopping) options.onExit?.(`Postgres: ${reason}`);
  });
  return {
    url: url('slc_app', 'console'),
    ownerUrl: url('console', 'console'),
    chatsUrl: url('chats_reader', 'chats'),
    chatsOwnerUrl: url('chats_owner', 'chats'),
    adminUrl: (database) => url('admin', database),
    pid,
    outsideFolder: home.outside ? home.folder : null,
    async stop() {
      stopping = true;
      if (server.child.exitCode !== null || server.child.signalCode !== null) return;
      await Promise.race([server.exited, stopPostmaster(pid)]);
      await server.exited;
    },
  };
}

function mintPasswords(): Passwords {
  return { admin: mint(), console: mint(), slc_app: mint(), chats_owner: mint(), chats_reader: mint() };
}

/** Sessions of a killed server take a moment to notice; until then its shared memory is still in use. */
function startAfterLeftovers(home: Home, port: number, durable: boolean, logFile: string) {
  const isLeftover = (error: unknown) => {
    const cause = error instanceof AppError && error.cause instanceof Error ? error.cause.message : '';
    return /shared memory block|lock file .* already exists/.test(cause);
  };
  const patience = { msFor: (error: unknown) => (isLeftover(error) ? leftoversMs : 0) };
  return patiently(patience, () => startServer(home, port, settingsOf(durable), logFile));
}

function settingsOf(durable: boolean): Record<string, string> {
  const always = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return durable
    ? always
    : { ...always, fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' };
}
