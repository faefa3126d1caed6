import { delay } from './clock';

export type Patience = {
  /** For how long the work is repeated after this failure, in milliseconds; 0 if repeating is useless. */
  msFor(error: unknown): number;
  /** The shortest pause after a failure, in milliseconds. */
  waitMs?(error: unknown): number;
  /** Is called with each failure after which the work is repeated. */
  say?(error: unknown): void;
};

const waitMs = { first: 100, most: 5_000, factor: 2 };
/** How much of the time limit one try may use up, so that work that fails after an hour is repeated as well. */
const tryMs = 5_000;

/**
 * The result of `work`, which is repeated as long as `patience` allows it after a failure. `work` must be safe to
 * repeat: a read, or something that first looks whether it was done. Throws the last failure, or the reason of
 * `signal`.
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
