import { execFile } from 'node:child_process';
import { constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { poll } from '../../../poll';

const batch = 16;

/** A named pipe of the data folder. */
export type Pipe = { path: string };

/**
 * Named pipes between the engine and the front. They are made in batches, since Node has no mkfifo and a spawn costs 2
 * ms. A pipe may be reused only after both ends are closed: give it back with `reuse` false if it did not end normally.
 */
export function createPipes(folder: string) {
  const free: Pipe[] = [];
  let made = 0;
  let making: Promise<void> | null = null;

  async function make() {
    const paths = Array.from({ length: batch }, () => join(folder, `p${made++}`));
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
    free.push(...paths.map((path) => ({ path })));
  }

  async function take(): Promise<Pipe> {
    for (;;) {
      const pipe = free.pop();
      if (pipe) return pipe;
      making ??= make().finally(() => {
        making = null;
      });
      await making;
    }
  }

  /** Empties the folder. Only the holder of the engine's lock may do that. */
  function open() {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  function give(pipe: Pipe, reuse: boolean) {
    if (reuse) free.push(pipe);
    else rmSync(pipe.path, { force: true });
  }

  return { open, take, give };
}

/**
 * The reading end. It opens at once, even before the engine opens the other end, and ends when the engine closes that.
 */
export function openReader(pipe: Pipe): Socket {
  const fd = openSync(pipe.path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

/**
 * The writing end, as soon as the engine has opened the reading end; null when `signal` aborts before that.
 * NOTE: a non-blocking open fails with ENXIO while nobody reads; a blocking open would block a thread.
 */
export async function openWriter(pipe: Pipe, signal: AbortSignal): Promise<Socket | null> {
  return poll({ firstMs: 1, mostMs: 20, factor: 2, signal }, () => (signal.aborted ? null : openNow(pipe))).catch(
    (error) => {
      if (signal.aborted) return null;
      throw error;
    },
  );
}

/** The writing end if the reading end is open, else null. */
export function openNow(pipe: Pipe): Socket | null {
  try {
    const fd = openSync(pipe.path, constants.O_WRONLY | constants.O_NONBLOCK);
    return new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENXIO') return null;
    throw error;
  }
}

/** Frees an engine thread that waits for a writer that will never come. */
export function releaseReader(pipe: Pipe): void {
  openNow(pipe)?.destroy();
}
