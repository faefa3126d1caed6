import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { childEnvironment } from '../../../config';
import { AppError } from '../../../errors';
import type { Log } from '../../../log';
import { createHeartbeat, type Heartbeat } from './heartbeat';
import type { EngineHello, EngineOutcome, EngineReply, EngineRequest } from './messages';
import { createPipes } from './pipes';

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never;
type Pending = { resolve: (outcome: EngineOutcome) => void; reject: (error: Error) => void };

/** The engine process died during the statement, is being restarted, or does not answer. */
export class EngineDown extends Error {
  override readonly name = 'EngineDown';
}

export type EngineOptions = {
  /** The bundled entry. With the first argument `engine` it is the engine process. */
  bundle: string;
  dataDir: string;
  /** How many statements may run at once. Each uses a thread of the engine process. */
  slots: number;
  /** How long the engine process may be silent before it is killed and restarted. */
  silentMaxMs: number;
  log: Log;
};

const sentences = {
  ended: 'The engine ended and is being started again. Try again in a moment.',
  silent: 'The engine does not answer. If that lasts, it is restarted. Try again in a moment.',
};
/** Less than the ten seconds that the front gets before it is killed. */
const stopWithinMs = 8_000;
const restart = { firstMs: 100, nextMs: 2000 };
/** Threads besides those of the slots, so that KILL, progress and closing sessions never wait for a statement. */
const spareThreads = 16;
/** Makes the library's allocator give freed memory back within a second; by itself it keeps that until the next use. */
const givesBack = 'background_thread:true,dirty_decay_ms:1000';

/**
 * The engine process as the front sees it: it is started, watched, and restarted after a crash. `start` rejects with
 * AppError('unavailable') if the engine cannot open its data directory.
 */
export function createEngine(options: EngineOptions) {
  const pipes = createPipes(join(options.dataDir, 'pipes'));
  const waiting = new Map<number, Pending>();
  let child: ChildProcess | null = null;
  let hello: (EngineHello & { ready: true }) | null = null;
  let heart: Heartbeat | null = null;
  let version = 'unknown';
  let generation = 0;
  let nextId = 1;
  let stopping = false;

  function start(): Promise<void> {
    const started = fork(options.bundle, ['engine', '--data', options.dataDir], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: childEnvironment({ UV_THREADPOOL_SIZE: String(options.slots + spareThreads), MALLOC_CONF: givesBack }),
    });
    child = started;
    let lastWords = '';
    started.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-4000);
    });
    return new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code, signal) => {
        const reason = lastWords.trim() || `it ended with ${code ?? signal}`;
        reject(new AppError('unavailable', `The ClickHouse engine did not start: ${reason}`));
        if (child === started) onExit({ code, signal, lastWords });
      });
      started.once('message', (message: EngineHello) => {
        if (!message.ready) {
          started.disconnect();
          return reject(new AppError('unavailable', message.reason));
        }
        hello = message;
        version = message.version;
        generation += 1;
        if (generation === 1) pipes.open();
        started.on('message', onReply);
        heart = createHeartbeat({
          silentMaxMs: options.silentMaxMs,
          beat: () => run({ kind: 'beat' }),
          lost: () => {
            options.log.error({ silentMaxMs: options.silentMaxMs }, 'The ClickHouse engine hangs and is killed');
            started.kill('SIGKILL');
          },
        });
        resolve();
      });
    });
  }

  function onReply(reply: EngineReply) {
    const pending = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) pending?.reject(new Error(reply.error));
    else pending?.resolve(reply.outcome);
  }

  function onExit(end: { code: number | null; signal: string | null; lastWords: string }) {
    const wasReady = hello !== null;
    hello = null;
    child = null;
    heart?.stop();
    for (const pending of waiting.values()) pending.reject(new EngineDown(sentences.ended));
    waiting.clear();
    if (stopping || !wasReady) return;
    options.log.error(end, 'The ClickHouse engine ended and is started again');
    setTimeout(startAgain, restart.firstMs);
  }

  function startAgain() {
    if (stopping) return;
    start().catch((error) => {
      options.log.error({ err: error }, 'The ClickHouse engine did not start');
      setTimeout(startAgain, restart.nextMs);
    });
  }

  function run(command: Unnumbered<EngineRequest>): Promise<EngineOutcome> {
    const target = child;
    if (!target || !hello) return Promise.reject(new EngineDown(sentences.ended));
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      target.send({ ...command, id } as EngineRequest);
    });
  }

  /** Runs a statement of the interface itself, outside the slots. Returns its few rows as TSV. */
  async function ask(text: string, session: number | null = null): Promise<string> {
    const bytes = Buffer.from(text);
    const outcome = await run({ kind: 'read', session, setup: '', reuse: true, text: bytes, format: 'TSV' });
    return Buffer.from(outcome.output).toString();
  }

  async function stop(): Promise<void> {
    stopping = true;
    const target = child;
    if (!target) return;
    heart?.stop();
    const timer = setTimeout(() => target.kill('SIGKILL'), stopWithinMs);
    await new Promise<void>((resolve) => {
      target.once('exit', () => resolve());
      target.disconnect();
    });
    clearTimeout(timer);
  }

  return {
    pipes,
    start,
    stop,
    run,
    ask,
    /** The hello of the running engine. Throws EngineDown while no engine answers. */
    facts() {
      if (!hello) throw new EngineDown(sentences.ended);
      if (heart?.silent()) throw new EngineDown(sentences.silent);
      return hello;
    },
    /** The pid of the last engine. */
    version: () => version,
    /** Counts the starts: a session of an earlier generation is gone. */
    generation: () => generation,
  };
}
export type Engine = ReturnType<typeof createEngine>;
