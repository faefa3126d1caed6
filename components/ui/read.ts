import type { Failure, Result } from '@/lib/edge/model';

class ReadFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export const lostConnection: Failure = {
  code: 'unavailable',
  message: 'The console does not answer. This page tries again by itself.',
  requestId: '',
};

/** What a page holds of one read, with the revision that it says it holds. */
export type Held<T> = { data: T; revision: string | undefined };

/**
 * Reads one GET route. Answers `held` itself where the server has nothing newer; with `merge`, asks only for what is newer
 * than `held`. Throws `ReadFailed`, which has a sentence for the person.
 */
export async function readAgain<T>(
  { url, merge, signal }: { url: string; merge?: (held: T, answer: T) => T; signal?: AbortSignal },
  held: Held<T> | undefined,
): Promise<Held<T>> {
  let result: Result<T>;
  const headers = new Headers({ accept: 'application/json' });
  if (held?.revision) headers.set('if-none-match', `"${held.revision}"`);
  const since = merge && held?.revision ? `?since=${encodeURIComponent(held.revision)}` : '';
  try {
    const response = await fetch(url + since, { signal, headers });
    if (response.status === 304 && held) return held;
    result = (await response.json()) as Result<T>;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ReadFailed(lostConnection);
  }
  const data = dataOf(result);
  return { data: merge && held ? merge(held.data, data) : data, revision: result.ok ? result.revision : undefined };
}

/** The data of an answer. Throws `ReadFailed` if the answer is a failure. */
export function dataOf<T>(result: Result<T>): T {
  if (!result.ok) throw new ReadFailed(result.error);
  return result.data;
}

/** The failure that a query threw; null without an error. */
export const failureOfRead = (error: Error | null): Failure | null =>
  error instanceof ReadFailed ? error.failure : error && lostConnection;
