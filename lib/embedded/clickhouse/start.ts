import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AppError } from '../../errors';
import type { Log } from '../../log';
import { repositoryRoot } from '../root';
import type { UsersFile } from './users';

export type ClickHouseUserName = 'slc_reader' | 'slc_labeler' | 'slc_deleter' | 'admin';

export type StartOptions = {
  dataDir: string;
  /** The port; by default a free one. */
  port?: number;
  /** User name -> password. */
  users: Record<ClickHouseUserName, string>;
  log: Log;
  /** Called when the process ends without `stop`. */
  onExit?: (reason: string) => void;
  /** The bundled entry; by default `dist/clickhouse.mjs` of the repository. */
  bundle?: string;
  /** How many statements may run at once, and how many may wait; by default as the command has it. */
  slots?: number;
  queue?: number;
  /** How long the engine process may be silent before it is killed and started again; whole seconds. */
  silentSeconds?: number;
};

export type RunningClickHouse = { url: string; pid: number; stop(): Promise<void> };

const roles = { slc_reader: 'reader', slc_labeler: 'labeler', slc_deleter: 'deleter', admin: 'admin' } as const;
const stopWithinMs = 10_000;

/**
 * Starts the embedded ClickHouse as a separate process and waits until it answers.
 * Throws AppError('unavailable') with the sentence the process gave: data folder in use, port taken, no library.
 */
export async function startClickHouse(options: StartOptions): Promise<RunningClickHouse> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const usersPath = join(options.dataDir, 'users.json');
  const users: UsersFile = Object.fromEntries(
    Object.entries(roles).map(([name, role]) => [name, { password: options.users[name as ClickHouseUserName], role }]),
  );
  writeFileSync(usersPath, JSON.stringify(users), { mode: 0o600 });
  const bundle = options.bundle ?? join(repositoryRoot(), 'dist', 'clickhouse.mjs');
  const args = [bundle, '--port', String(options.port ?? 0), '--data', options.dataDir, '--users-file', usersPath];
  if (options.slots !== undefined) args.push('--slots', String(options.slots));
  if (options.queue !== undefined) args.push('--queue', String(options.queue));
  if (options.silentSeconds !== undefined) args.push('--silent-seconds', String(options.silentSeconds));
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const lines: string[] = [];
  const errors = createInterface({ input: child.stderr });
  errors.on('line', (line) => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
    options.log.debug({ engine: line }, 'clickhouse');
  });
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(lines.at(-1) ?? `it ended with ${code ?? signal}`));
  });
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) resolve(line.slice('ready '.length));
    });
  });
  const first = await Promise.race([ready.then((url) => ({ url })), exited.then((reason) => ({ reason }))]);
  if ('reason' in first) throw new AppError('unavailable', first.reason);
  let stopping = false;
  exited.then((reason) => {
    if (!stopping) options.onExit?.(reason);
  });
  return {
    url: first.url,
    pid: child.pid ?? 0,
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
