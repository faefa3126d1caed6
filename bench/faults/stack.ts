import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ClickHouse } from '@/lib/clickhouse/client';
import { delay } from '@/lib/clock';
import { childEnvironment, loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import { type RunningClickHouse, startClickHouse } from '@/lib/embedded/clickhouse/start';
import { freePort } from '@/lib/embedded/ports';
import { type RunningPostgres, startPostgres } from '@/lib/embedded/postgres/start';
import { writePrivateJson } from '@/lib/embedded/private-file';
import { migrationsFolder, repositoryRoot } from '@/lib/embedded/root';
import { messageOf } from '@/lib/errors';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { migrate } from '@/lib/postgres/migrate';
import { runFilePath } from '@/lib/run-file';

const mint = () => randomBytes(12).toString('base64url');
const againMs = 300;
const log = createLog('faults', 'silent');

/** A part of the console that may be killed at any moment, and is started again unless it is held down. */
export type Part = {
  name: string;
  /** 0 while it does not run. */
  pid(): number;
  /** It is not started again until `resume`. */
  hold(): void;
  resume(): void;
  /** Ends that no fault caused, with the last lines of the log. */
  endedByItself(): number;
};

export type FaultStack = Awaited<ReturnType<typeof startFaultStack>>;

/**
 * The whole console on a data folder: its engines, durable as in production, two workers and the built pages. Each has
 * a free port and is kept running. `workerEnv` and `webEnv` say where Jobs run.
 */
export async function startFaultStack(options: {
  dataDir: string;
  extraEnv: Record<string, string>;
  webEnv?: Record<string, string>;
}) {
  const { dataDir, extraEnv } = options;
  const root = repositoryRoot();
  const users = { slc_reader: mint(), slc_labeler: mint(), slc_deleter: mint(), admin: mint() };
  const [clickhousePort, webPort] = [await freePort(null), await freePort(null)];
  const stopping = new AbortController();

  const clickhouse = await keep<RunningClickHouse>('ClickHouse', stopping.signal, (onExit) =>
    startClickHouse({ dataDir: join(dataDir, 'clickhouse'), users, port: clickhousePort, log, onExit }),
  );
  const postgres = await keep<RunningPostgres>('Postgres', stopping.signal, (onExit) =>
    startPostgres({ dataDir, log, onExit }),
  );
  const { url, ownerUrl, chatsUrl, chatsOwnerUrl } = postgres.first;
  await migrate({ url, ownerUrl, folder: migrationsFolder(), log, application: 'slc-migrate' });
  const runFile = {
    supervisorPid: process.pid,
    startedAt: new Date().toISOString(),
    webUrl: `http://127.0.0.1:${webPort}`,
    clickhouseUrl: `http://127.0.0.1:${clickhousePort}`,
    clickhouseUsers: users,
    postgresUrl: url,
    chatsUrl,
    chatsOwnerUrl,
  };
  // NOTE: only of an engine that is its own does a console know that no labeler is scheduled for it.
  const isOwn = options.webEnv === undefined;
  if (isOwn) writePrivateJson(runFilePath(dataDir), runFile);
  const env = {
    SLC_DATA_DIR: dataDir,
    SLC_ENVIRONMENT: 'faults',
    SLC_LOG_LEVEL: 'info',
    SLC_SAFETY_MARGIN_MINUTES: '0',
    SLC_APPROVAL_ROWS: '1000000',
    SLC_ACTIONS_PER_MINUTE: '100000',
    SLC_SIGN_INS_PER_MINUTE: '100000',
    DATABASE_URL: url,
    CHATS_DATABASE_URL: chatsUrl,
    ...(isOwn ? {} : { CLICKHOUSE_URL: runFile.clickhouseUrl }),
    CLICKHOUSE_READER_PASSWORD: users.slc_reader,
    CLICKHOUSE_LABELER_PASSWORD: users.slc_labeler,
    CLICKHOUSE_DELETER_PASSWORD: users.slc_deleter,
    HOST: '127.0.0.1',
    PORT: String(webPort),
    NODE_ENV: 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    ...extraEnv,
  };
  const program = (name: string, args: string[], more: Record<string, string> = {}) =>
    keep(name, stopping.signal, (onExit) =>
      startProgram({ name, root, args, env: { ...env, ...more }, dataDir, onExit }),
    );
  const [web, ...workers] = await Promise.all([
    program('web', [join(root, 'dist', 'web.mjs')], options.webEnv),
    program('worker-1', [join(root, 'dist', 'worker.mjs')]),
    program('worker-2', [join(root, 'dist', 'worker.mjs')]),
  ]);

  const config = loadConfig(childEnvironment(env));
  const admin = new ClickHouse({
    url: runFile.clickhouseUrl,
    user: { name: 'admin', password: users.admin },
    log,
    application: 'slc-faults',
  });
  const chats = connectPostgres({ url: chatsOwnerUrl, log, application: 'slc-faults', connectionsMax: 8 });
  return {
    dataDir,
    env,
    config,
    url: runFile.webUrl,
    /** The variables that a supervisor would give to the other processes of the data folder. */
    runFile,
    /** A context for reads while everything is up: customers, the chain of the audit. */
    ctx: createContext({ process: 'faults', config, log }),
    /** May write to ClickHouse. */
    admin,
    /** May write to `chats`. */
    chats,
    clickhouse,
    postgres,
    web,
    workers,
    /** Runs the cron's labeler once. Returns its exit code; null if a signal ended it. */
    labeler: () =>
      new Promise<number | null>((resolve) => {
        const child = spawnLogged({ name: 'cron', root, args: [join(root, 'dist', 'labeler.mjs')], env, dataDir });
        child.once('exit', resolve);
        child.once('error', () => resolve(null));
      }),
    /** From now on nothing is started again. */
    letGo: () => stopping.abort(new Error('the bench ends')),
  };
}

async function keep<T extends { pid: number }>(
  name: string,
  signal: AbortSignal,
  start: (onExit: (reason: string) => void) => Promise<T>,
): Promise<Part & { first: T }> {
  let current: T | null = null;
  let held = false;
  let expected = false;
  let unexpected = 0;
  let again: (() => void) | null = null;
  const onExit = () => {
    current = null;
    if (!expected && !signal.aborted) unexpected += 1;
    expected = false;
    void restart();
  };
  const restart = async () => {
    while (!current && !signal.aborted) {
      if (held) await new Promise<void>((resolve) => (again = resolve));
      if (signal.aborted) return;
      current = await start(onExit).catch(() => null);
      if (!current) await delay(againMs, signal).catch(() => undefined);
    }
  };
  const first = await start(onExit).catch((error) => {
    throw new Error(`${name} did not start: ${messageOf(error)}`, { cause: error });
  });
  current = first;
  return {
    name,
    first,
    pid: () => current?.pid ?? 0,
    hold: () => {
      held = true;
      expected = true;
    },
    resume: () => {
      held = false;
      again?.();
      again = null;
    },
    endedByItself: () => unexpected,
  };
}

type Program = { name: string; root: string; args: string[]; env: Record<string, string>; dataDir: string };

function spawnLogged({ name, root, args, env, dataDir }: Program): ChildProcess {
  mkdirSync(join(dataDir, 'logs'), { recursive: true });
  const output = openSync(join(dataDir, 'logs', `${name}.log`), 'a', 0o600);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: childEnvironment(env),
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  return child;
}

async function startProgram(given: Program & { onExit: (reason: string) => void }) {
  const child = spawnLogged(given);
  child.once('error', (error) => given.onExit(error.message));
  child.once('exit', (code, signal) => given.onExit(`it ended with ${code ?? signal}`));
  return { pid: child.pid ?? 0 };
}
