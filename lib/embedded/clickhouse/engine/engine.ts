import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment } from '../../../config';
import { AppError } from '../../../errors';
import type { Log } from '../../../log';
import type { EngineHello, EngineOutcome, EngineReply, EngineRequest } from './messages';
import { createPipes } from './pipes';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;
export type EngineCommand = Unnumbered<EngineRequest>;

/** The engine process died while the statement ran, or is being started again. */
export class EngineDown extends Error {}

export type EngineOptions = {
  bundle: string;
  dataDir: string;
  /** Statements that may run at once; each holds a thread of the engine process. */
  slots: number;
  log: Log;
};

const restartDelayMs = 200;
const spareThreads = 16;

/**
 * The engine process as the front sees it: started, watched, and started again after a crash.
 * `start` rejects with AppError('unavailable') when the engine cannot open its data directory.
 */
export function createEngine(options: EngineOptions) {
  const pipes = createPipes(join(options.dataDir, 'pipes'));
  const waiting = new Map<number, { resolve: (outcome: EngineOutcome) => void; reject: (error: Error) => void }>();
  let child: ChildProcess | null = null;
  let hello: (EngineHello & { ready: true }) | null = null;
  let generation = 0;
  let nextId = 1;
  let stopping = false;

  function start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const started = fork(options.bundle, ['engine', '--data', options.dataDir], {
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        env: childEnvironment({ UV_THREADPOOL_SIZE: String(options.slots + spareThreads) }),
      });
      child = started;
      let lastWords = '';
      started.stderr?.on('data', (chunk: Buffer) => {
        lastWords = (lastWords + chunk.toString()).slice(-4000);
      });
      started.once('message', (message: EngineHello) => {
        if (!message.ready) return reject(cannotOpen(options.dataDir, `${message.reason} ${lastWords}`));
        hello = message;
        generation += 1;
        started.on('message', onReply);
        resolve();
      });
      started.once('error', reject);
      started.once('exit', (code, signal) => {
        reject(cannotOpen(options.dataDir, lastWords || `the engine process ended with ${code ?? signal}`));
        if (child === started) onExit(code, signal, lastWords);
      });
    });
  }

  function onReply(reply: EngineReply) {
    const pending = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) pending?.reject(new Error(reply.error));
    else pending?.resolve(reply.outcome);
  }

  function onExit(code: number | null, signal: string | null, lastWords: string) {
    const wasReady = hello !== null;
    hello = null;
    child = null;
    for (const pending of waiting.values()) pending.reject(new EngineDown('The engine process ended.'));
    waiting.clear();
    if (stopping || !wasReady) return;
    options.log.error({ code, signal, lastWords }, 'The ClickHouse engine ended; it is started again');
    const again = () => {
      if (stopping) return;
      start().catch((error) => {
        options.log.error({ err: error }, 'The ClickHouse engine did not start');
        setTimeout(again, restartDelayMs * 10);
      });
    };
    setTimeout(again, restartDelayMs);
  }

  function run(command: EngineCommand): Promise<EngineOutcome> {
    const target = child;
    if (!target || !hello) return Promise.reject(new EngineDown('The engine is being started.'));
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      target.send({ ...command, id } as EngineRequest);
    });
  }

  async function stop(): Promise<void> {
    stopping = true;
    const target = child;
    if (!target) return;
    await new Promise<void>((resolve) => {
      target.once('exit', () => resolve());
      target.disconnect();
    });
  }

  return {
    pipes,
    start,
    stop,
    run,
    /** Version and time zone of the running engine; null while it is down. */
    facts: () => hello,
    /** Counts the starts: a session of an earlier generation is gone. */
    generation: () => generation,
  };
}
export type Engine = ReturnType<typeof createEngine>;

function cannotOpen(dataDir: string, reason: string): AppError {
  const sentence = /lock file|Cannot lock/i.test(reason)
    ? `The ClickHouse data in ${dataDir} is in use by another process. Stop that one first, or choose another folder.`
    : /no native binding|not supported|Cannot find module '@chdb/i.test(reason)
      ? `The ClickHouse engine has no library for ${process.platform}-${process.arch}. Set CLICKHOUSE_URL to a server instead.`
      : `The ClickHouse engine could not open ${dataDir}.`;
  return new AppError('unavailable', sentence, { cause: new Error(reason) });
}
