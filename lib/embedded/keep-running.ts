import { delay } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';

/** A running process or engine. */
export type Running = { pid: number; stop(): Promise<void> };

export type KeepRunningOptions<T extends Running> = {
  name: string;
  /** Starts it. `onExit` is to be called when it ends without `stop`. */
  start(onExit: (reason: string) => void): Promise<T>;
  log: Log;
  /** Called after every start and end: the pids of a data folder are on record. */
  onChange(): void;
  backOffMs?: { first: number; max: number; calmAfter: number };
};

const defaultBackOff = { first: 500, max: 30_000, calmAfter: 60_000 };

/**
 * Keeps one thing running: when it ends by itself that is logged and it is started again, with a pause that doubles
 * until it has run calmly for a while. The first start's failure is thrown; later ones are tried again.
 */
export async function keepRunning<T extends Running>(options: KeepRunningOptions<T>) {
  const { name, log, backOffMs = defaultBackOff } = options;
  const stopping = new AbortController();
  let pauseMs = backOffMs.first;
  let startedAt = Date.now();
  let restarts = 0;
  let current: T | null = await options.start(onExit);
  let again: Promise<void> = Promise.resolve();
  options.onChange();

  function onExit(reason: string): void {
    if (stopping.signal.aborted) return;
    current = null;
    options.onChange();
    if (Date.now() - startedAt > backOffMs.calmAfter) pauseMs = backOffMs.first;
    log.error({ part: name, reason, againInMs: pauseMs }, `${name} ended by itself and is started again`);
    again = restart();
  }

  async function restart(): Promise<void> {
    while (!stopping.signal.aborted) {
      const waitMs = pauseMs;
      pauseMs = Math.min(pauseMs * 2, backOffMs.max);
      await delay(waitMs, stopping.signal).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        startedAt = Date.now();
        restarts += 1;
        current = await options.start(onExit);
        options.onChange();
        log.info({ part: name, pid: current.pid }, `${name} runs again`);
        return;
      } catch (error) {
        log.error({ part: name, reason: messageOf(error) }, `${name} could not be started`);
      }
    }
  }

  return {
    name,
    current: () => current,
    restarts: () => restarts,
    async stop(): Promise<void> {
      stopping.abort(new Error('stopping'));
      await again;
      await current?.stop();
      current = null;
      options.onChange();
    },
  };
}
export type Supervised = Awaited<ReturnType<typeof keepRunning>>;
