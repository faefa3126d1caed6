import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentValue, loadConfig } from '../../config';
import { AppError, messageOf } from '../../errors';
import { createLog } from '../../log';
import { runEngineProcess } from './engine/process';
import { isLoopback } from './http/strangers';
import { serveClickHouse } from './serve';
import { readUsersFile, type UsersFile } from './users';

const usage = `usage: clickhouse --port N --data DIR [--users-file FILE | --user NAME [--password-env VAR | --no-password]]
                  [--host ADDRESS --allow-remote] [--slots N] [--queue N] [--silent-seconds N] [--receive-seconds N]`;

/**
 * The command line of the embedded ClickHouse. It prints `ready URL`, and ends with 0 on SIGTERM and SIGINT, with 1 and
 * a sentence on stderr if it cannot start, with 2 for wrong usage.
 */
export async function runClickHouse(argv: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options });
    if (values.help) return void process.stdout.write(`${usage}\n`);
    if (!values.data) throw new AppError('invalid_input', usage);
    const dataDir = resolve(values.data);
    if (positionals[0] === 'engine') return await runEngineProcess(dataDir);
    if (!isLoopback(values.host) && !values['allow-remote']) {
      throw new AppError(
        'invalid_input',
        `${values.host} is not a loopback address. Add --allow-remote to listen there.`,
      );
    }
    const { users, passwordFile } = usersOf(values, dataDir);
    const running = await serveClickHouse({
      bundle: process.argv[1] ?? '',
      dataDir,
      host: values.host,
      port: whole(values.port, '--port'),
      users,
      slots: whole(values.slots, '--slots'),
      queue: whole(values.queue, '--queue'),
      silentMaxMs: Math.max(1, whole(values['silent-seconds'], '--silent-seconds')) * 1000,
      receiveMs: Math.max(1, whole(values['receive-seconds'], '--receive-seconds')) * 1000,
      log: createLog('clickhouse', loadConfig().logLevel),
    });
    const stop = () => void running.stop().then(() => process.exit(0));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    if (passwordFile) process.stdout.write(`user ${Object.keys(users)[0]}, password in ${passwordFile}\n`);
    process.stdout.write(`ready ${running.url}\n`);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(error instanceof AppError && error.code !== 'invalid_input' ? 1 : 2);
  }
}

const options = {
  port: { type: 'string', default: '8123' },
  data: { type: 'string' },
  host: { type: 'string', default: '127.0.0.1' },
  'allow-remote': { type: 'boolean', default: false },
  'users-file': { type: 'string' },
  user: { type: 'string' },
  'password-env': { type: 'string' },
  'no-password': { type: 'boolean', default: false },
  slots: { type: 'string', default: '32' },
  queue: { type: 'string', default: '1000' },
  'silent-seconds': { type: 'string', default: '60' },
  'receive-seconds': { type: 'string', default: '30' },
  help: { type: 'boolean', default: false },
} as const;

type UserFlags = { 'users-file'?: string; user?: string; 'password-env'?: string; 'no-password': boolean };

/** The users. If no password is given, one is made and kept in a file of the data folder, which is then named. */
function usersOf(flags: UserFlags, dataDir: string): { users: UsersFile; passwordFile: string | null } {
  if (flags['users-file']) return { users: readUsersFile(flags['users-file']), passwordFile: null };
  const name = flags.user ?? 'default';
  const only = (password: string): UsersFile => ({ [name]: { password, role: 'admin' } });
  if (flags['no-password']) return { users: only(''), passwordFile: null };
  if (flags['password-env']) return { users: only(environmentValue(flags['password-env'])), passwordFile: null };
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const passwordFile = join(dataDir, 'password');
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, mintPassword(), { mode: 0o600 });
  return { users: only(readFileSync(passwordFile, 'utf8').trim()), passwordFile };
}

const mintPassword = () => randomBytes(18).toString('base64url');

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new AppError('invalid_input', `${flag} must be a whole number, not ${text}.`);
}
