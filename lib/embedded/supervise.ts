import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '@/lib/config';
import { AppError, messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { runFilePath } from '@/lib/run-file';
import { lastWords, startChild } from './child';
import { startClickHouse } from './clickhouse/start';
import { readKeys, takeDataFolder, writeKeys } from './data-folder';
import { keepRunning, type Supervised } from './keep-running';
import { freePort, isPortFree } from './ports';
import { startPostgres } from './postgres/start';
import { writePrivateJson } from './private-file';

/** The addresses of a started stack, which are the content of `run.json`. */
export type Stack = {
  clickhouseUrl: string;
  clickhouseUsers: Record<string, string>;
  postgresUrl: string;
  chatsUrl: string;
  chatsOwnerUrl: string;
  webUrl: string;
};

const stopOrder = ['worker', 'web', 'clickhouse'];
const workerGraceMs = 10_000;
const webGraceMs = 3_000;
export const chatsSchema = 'slc_chats';

/**
 * The parts of one data folder: first its engines, then the processes of the console; they stop in the reverse order.
 * Each part is kept running. The caller decides what happens between the two.
 */
export async function openStack(options: { config: Config; root: string; log: Log }) {
  const { config, root, log } = options;
  const { dataDir, web, given } = config;
  const folder = await takeDataFolder(dataDir, stopOrder, log);
  // NOTE: this is checked only now, since the web process of a killed supervisor may have held the port.
  if (!(await isPortFree(web.port))) {
    folder.release();
    throw new AppError('conflict', `Port ${web.port} is taken by another program. Set PORT to a free one.`);
  }
  const keys = readKeys(dataDir);
  const supervised: Supervised[] = [];
  const onChange = () =>
    folder.record(
      supervised.flatMap(({ name, current }) => [{ name, pid: current()?.pid ?? 0 }]).filter((p) => p.pid > 0),
    );
  const keep = async <T extends { pid: number; stop(): Promise<void> }>(
    name: string,
    start: (onExit: (reason: string) => void) => Promise<T>,
  ) => {
    const kept = await keepRunning({ name, start, log, onChange });
    supervised.push(kept);
    onChange();
    return kept;
  };

  /** `postgresOwnerUrl` stays in this process: `run.json` gives the others only the console's role. */
  async function startEngines(): Promise<Stack & { postgresOwnerUrl: string; outsideFolder: string | null }> {
    const [clickhouse, postgres] = await allStarted([
      given.clickhouse ? null : ownClickHouse(),
      given.postgres ? null : ownPostgres(),
    ]);
    const outside = given.postgres && !given.clickhouse ? schemaUrls(given.postgres) : null;
    const stack = {
      clickhouseUrl: given.clickhouse ?? clickhouse?.url ?? '',
      clickhouseUsers: given.clickhouse ? {} : keys.clickhouseUsers,
      postgresUrl: given.postgres ?? postgres?.url ?? '',
      chatsUrl: given.chats ?? outside?.reader ?? postgres?.chatsUrl ?? '',
      chatsOwnerUrl: given.chats ?? outside?.owner ?? postgres?.chatsOwnerUrl ?? '',
      webUrl: `http://${web.host}:${web.port}`,
    };
    writePrivateJson(runFilePath(dataDir), {
      supervisorPid: process.pid,
      startedAt: new Date().toISOString(),
      ...stack,
    });
    const postgresOwnerUrl = postgres?.ownerUrl ?? config.postgres.ownerUrl;
    return { ...stack, postgresOwnerUrl, outsideFolder: postgres?.outsideFolder ?? null };
  }

  async function ownClickHouse() {
    keys.clickhousePort = await freePort(keys.clickhousePort);
    writeKeys(dataDir, keys);
    const port = keys.clickhousePort;
    const clickhouse = await keep('clickhouse', (onExit) =>
      startClickHouse({
        dataDir: join(dataDir, 'clickhouse'),
        bundle: join(root, 'dist', 'clickhouse.mjs'),
        users: keys.clickhouseUsers,
        port,
        log,
        onExit,
      }),
    );
    return clickhouse.current();
  }

  async function ownPostgres() {
    const postgres = await keep('postgres', (onExit) => startPostgres({ dataDir, log, onExit }));
    return postgres.current();
  }

  /** A program of this repository, kept running until the stack is stopped. */
  function startProgram(name: 'worker' | 'web', args: string[], env: Record<string, string> = {}) {
    const logFile = join(dataDir, 'logs', `${name}.log`);
    const graceMs = name === 'web' ? webGraceMs : workerGraceMs;
    return keep(name, async (onExit) => {
      const child = startChild({ command: [process.execPath, ...args], cwd: root, env, logFile });
      let stopping = false;
      child.exited.then((reason) => {
        if (!stopping) onExit(`${reason}. ${lastWords(logFile)}`);
      });
      const stop = () => {
        stopping = true;
        return child.stop(graceMs);
      };
      return { pid: child.pid, stop };
    });
  }

  /** Worker and web first, then `betweenParts` (the Jobs), engines last. A part that fails to stop stops no other. */
  async function stop(betweenParts: () => Promise<void>): Promise<void> {
    const attempt = (what: string, work: Promise<void> | undefined) =>
      work?.catch((error) => log.error({ part: what, reason: messageOf(error) }, `${what} did not stop in order`));
    const of = (name: string) => supervised.find((one) => one.name === name)?.stop();
    await attempt('worker', of('worker'));
    await attempt('jobs', betweenParts());
    await attempt('web', of('web'));
    await Promise.all([attempt('clickhouse', of('clickhouse')), attempt('postgres', of('postgres'))]);
    rmSync(runFilePath(dataDir), { force: true });
    folder.release();
  }

  return { startEngines, startProgram, stop, supervised };
}

/** Waits for both even if one fails, so that nothing starts after the stop that follows. */
async function allStarted<A, B>(work: [Promise<A> | null, Promise<B> | null]): Promise<[A | null, B | null]> {
  const [a, b] = await Promise.allSettled(work);
  if (a.status === 'rejected') throw a.reason;
  if (b.status === 'rejected') throw b.reason;
  return [a.value, b.value];
}

/** In a configured Postgres the demo's chats are in a separate schema, which the console may only read. */
function schemaUrls(url: string): { owner: string; reader: string } {
  const withOptions = (options: string) => {
    const made = new URL(url);
    made.searchParams.set('options', options);
    return made.href.replaceAll('+', '%20');
  };
  const path = `-c search_path=${chatsSchema}`;
  return { owner: withOptions(path), reader: withOptions(`${path} -c default_transaction_read_only=on`) };
}
