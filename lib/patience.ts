import { delay } from './clock';

export type Patience = {
  /** For how long a failure is asked about again, in milliseconds; 0 for one that asking does not change. */
  msFor(error: unknown): number;
  /** The least that is waited after a failure, in milliseconds. */
  waitMs?(error: unknown): number;
  /** Hears of each failure that is asked about again. */
  say?(error: unknown): void;
};

const waitMs = { first: 100, most: 5_000, factor: 2 };
/** What one try counts at most, so that work that failed after an hour is tried again as well. */
const tryMs = 5_000;

/**
 * What `work` answers, tried again while it fails with what `patience` waits for. `work` must be safe to repeat: a
 * read, or what looks first whether it was done. Throws the last failure, and the signal's reason when it aborts.
 */
export async function patiently<T>(
  patience: Patience | null,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let spentMs = 0;
  for (let wait = waitMs.first; ; wait = Math.min(waitMs.most, wait * waitMs.factor)) {
    const startedAt = performance.now();
    try {
      return await work();
    } catch (error) {
      spentMs += wait + Math.min(tryMs, performance.now() - startedAt);
      if (signal?.aborted || spentMs > (patience?.msFor(error) ?? 0)) throw error;
      patience?.say?.(error);
      await delay(Math.max(wait, patience?.waitMs?.(error) ?? 0), signal);
    }
  }
}
