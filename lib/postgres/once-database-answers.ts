import { delay } from '@/lib/clock';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';

const firstWaitMs = 500;
const longestWaitMs = 10_000;

/**
 * Repeats `begin` until it succeeds with an answering database, however long that takes. Rejects with the signal's
 * reason. `begin` must be safe to repeat after it broke off.
 */
export async function onceDatabaseAnswers<T>(
  { log }: { log: Log },
  signal: AbortSignal,
  begin: () => Promise<T>,
): Promise<T> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    try {
      return await begin();
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
      log.warn({ err: error.cause, againInMs: waitMs }, `${error.message} Trying again until it does.`);
      await delay(waitMs, signal);
    }
  }
}
