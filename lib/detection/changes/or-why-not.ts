import { AppError } from '@/lib/errors';
import type { Limits } from '../judge/session';

/** The answer, or why there is none. Throws what is no failure to answer, and once `signal` has aborted. */
export async function orWhyNot<T>(asked: Promise<T>, { signal }: Pick<Limits, 'signal'>): Promise<T | AppError> {
  return asked.catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof AppError) return error;
    throw error;
  });
}
