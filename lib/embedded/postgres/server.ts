import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError } from '@/lib/errors';
import { every, poll } from '@/lib/poll';
import type { Home } from './home';
import { readPostmaster } from './orphan';

const environment: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
const logBytesMax = 5_000_000;
const startWithinMs = 60_000;

/**
 * Creates the data folder with scram authentication, whole or not at all.
 * Throws AppError('unavailable') with what initdb said in its cause.
 */
export async function initialiseData(home: Home, password: string, sync: boolean): Promise<void> {
  const partial = `${home.data}.partial`;
  const passwordFile = join(home.folder, 'password');
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  const { uid, gid } = home.account;
  if (uid !== undefined && gid !== undefined) {
    for (const path of [partial, passwordFile]) chownSync(path, uid, gid);
  }
  try {
    const flags = ['--auth=scram-sha-256', '--username=admin', '--encoding=UTF8', '--locale=C', '--no-instructions'];
    if (!sync) flags.push('--no-sync');
    await runToEnd(home, 'initdb', [`--pgdata=${partial}`, `--pwfile=${passwordFile}`, ...flags]);
    renameSync(partial, home.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function runToEnd(home: Home, program: string, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join(home.bin, program), args, {
      ...home.account,
      cwd: home.folder,
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
    });
    const fail = (cause: unknown) =>
      reject(new AppError('unavailable', `Postgres could not create its data in ${home.data}.`, { cause }));
    child.once('error', fail);
    child.once('close', (code) => (code === 0 ? resolve() : fail(new Error(`${program} ended with ${code}: ${said}`))));
  });
}

/**
 * Starts the server and waits until it accepts connections. It is detached, so that Ctrl-C reaches only the supervisor,
 * and logs to a file, so that it outlives a killed supervisor without a broken pipe.
 * Throws AppError('unavailable') with the last lines of its log.
 */
export async function startServer(home: Home, port: number, settings: Record<string, string>, logFile: string) {
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const large = (statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax;
  const output = openSync(logFile, large ? 'w' : 'a', 0o600);
  const from = large ? 0 : statSync(logFile).size;
  const args = ['-D', home.data, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  const child = spawn(join(home.bin, 'postgres'), args, {
    ...home.account,
    cwd: home.folder,
    env: environment,
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  const outcome = await Promise.race([exited, untilReady(home.data, child)]);
  if (outcome !== 'ready') {
    const said = readFileSync(logFile).subarray(from).toString().trim().split('\n').slice(-10).join('\n');
    throw new AppError('unavailable', `Postgres did not start from ${home.data}.`, {
      cause: new Error(`${outcome}: ${said}`),
    });
  }
  return { child, exited };
}

async function untilReady(data: string, child: ChildProcess): Promise<string> {
  const outcome = await poll({ ...every(10), withinMs: startWithinMs }, () => {
    const found = readPostmaster(data);
    if (found?.ready && found.pid === child.pid) return 'ready';
    return child.exitCode === null ? null : 'ended';
  });
  if (outcome === 'ready') return outcome;
  child.kill('SIGQUIT');
  return 'it was not ready in time';
}

export const hasData = (home: Home) => existsSync(join(home.data, 'PG_VERSION'));
