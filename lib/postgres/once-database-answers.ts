import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { patiently } from '@/lib/patience';

const isSilent = (error: unknown): error is AppError => error instanceof AppError && error.code === 'unavailable';

/**
 * Repeats `begin` until it succeeds with an answering database, however long that takes. Rejects with the signal's
 * reason. `begin` must be safe to repeat after it broke off.
 */
export const onceDatabaseAnswers = <T>(
  { log }: { log: Log },
  signal: AbortSignal,
  begin: () => Promise<T>,
): Promise<T> => {
  const say = (error: unknown) => {
    if (isSilent(error)) log.warn({ err: error.cause }, `${error.message} Trying again until it does.`);
  };
  return patiently({ msFor: (error) => (isSilent(error) ? Number.POSITIVE_INFINITY : 0), say }, begin, signal);
};
