import { firstOf } from '@/lib/clock';
import { AppError } from '@/lib/errors';
import type { Pulse } from './pulse';

/** What holds for every statement that one request makes. */
export type Bounds = {
  /** The statements end with it, at the engine too. */
  signal?: AbortSignal;
  /** Runs each statement when it is its turn; rejects when `signal` fires before. */
  turn?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Instead of the connection's own. */
  patienceMs?: number;
};

/**
 * Runs `statement` in turn. It ends when `signal` or the request's signal fires. Throws AppError('unavailable') with
 * `silence` when a signal's time is over, and when the engine gives no sign of life for `patienceMs`.
 */
export function runWithin<T>(
  { bounds, pulse, patienceMs }: { bounds: Bounds; pulse: Pulse; patienceMs: number | null },
  { signal, silence }: { signal?: AbortSignal; silence: string },
  statement: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { turn = (work) => work() } = bounds;
  return turn(async () => {
    const over = new AbortController();
    const end = AbortSignal.any([signal, bounds.signal, over.signal].filter((one) => one !== undefined));
    // NOTE: the client hears of an abort only while its request runs.
    const asked = (end.aborted ? Promise.reject(end.reason) : statement(end)).catch((error) => {
      if (![signal, bounds.signal].some(isTimeout)) throw error;
      throw new AppError('unavailable', silence, { cause: error });
    });
    const waitsMs = bounds.patienceMs ?? patienceMs;
    if (waitsMs === null) return asked;
    const lost = pulse.lost(waitsMs, new AppError('unavailable', silence), over.signal);
    return firstOf([asked, lost], over);
  });
}

/** True when a signal fired because its time is over, and not because nobody waits for the answer any more. */
const isTimeout = (signal?: AbortSignal): boolean =>
  signal?.reason instanceof DOMException && signal.reason.name === 'TimeoutError';
