import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { environmentValue, loadConfig } from '../../config';
import { AppError, messageOf } from '../../errors';
import { createLog } from '../../log';
import { runEngineProcess } from './engine/process';
import { serveClickHouse } from './serve';
import { readUsersFile, type UsersFile } from './users';

const usage = `usage: clickhouse --port N --data DIR [--users-file FILE | --user NAME --password-env VAR]
                  [--host ADDRESS --allow-remote] [--slots N] [--queue N] [--silent-seconds N]`;

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * The command line of the embedded ClickHouse. Prints one line `ready URL`, ends with 0 on SIGTERM and SIGINT, with 1
 * and one sentence on stderr when it cannot start, with 2 for a wrong use.
 */
export async function runClickHouse(argv: string[]): Promise<void> {
  try {
    const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options });
    if (values.help) return void process.stdout.write(`${usage}\n`);
    if (!values.data) throw new AppError('invalid_input', usage);
    const dataDir = resolve(values.data);
    if (positionals[0] === 'engine') return await runEngineProcess(dataDir);
    if (!loopback.test(values.host) && !values['allow-remote']) {
      throw new AppError(
        'invalid_input',
        `${values.host} is not a loopback address. Add --allow-remote to listen there.`,
      );
    }
    const running = await serveClickHouse({
      bundle: process.argv[1] ?? '',
      dataDir,
      host: values.host,
      port: whole(values.port, '--port'),
      users: usersOf(values),
      slots: whole(values.slots, '--slots'),
      queue: whole(values.queue, '--queue'),
      silentMaxMs: Math.max(1, whole(values['silent-seconds'], '--silent-seconds')) * 1000,
      log: createLog('clickhouse', loadConfig().logLevel),
    });
    const stop = () => void running.stop().then(() => process.exit(0));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
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
  slots: { type: 'string', default: '32' },
  queue: { type: 'string', default: '1000' },
  'silent-seconds': { type: 'string', default: '60' },
  help: { type: 'boolean', default: false },
} as const;

function usersOf(values: { 'users-file'?: string; user?: string; 'password-env'?: string }): UsersFile {
  if (values['users-file']) return readUsersFile(values['users-file']);
  const password = values['password-env'] ? environmentValue(values['password-env']) : '';
  return { [values.user ?? 'default']: { password, role: 'admin' } };
}

function whole(text: string, flag: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new AppError('invalid_input', `${flag} must be a whole number, not ${text}.`);
}
