type Shared = { answer: Promise<unknown>; readers: number; stop: AbortController };

const underWay = new Map<string, Shared>();

/**
 * One answer for all requests of the same thing at the same time. `read` runs once for a `key` and is stopped when the
 * last caller has gone. All callers share a failure; the next caller starts again.
 */
export async function sharedRead<T>(
  key: string,
  signal: AbortSignal,
  read: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const shared = underWay.get(key) ?? begin(key, read);
  shared.readers += 1;
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  try {
    return (await Promise.race([shared.answer, left])) as T;
  } finally {
    signal.removeEventListener('abort', leave);
    shared.readers -= 1;
    if (shared.readers === 0) {
      if (underWay.get(key) === shared) underWay.delete(key);
      shared.stop.abort(new Error('nobody waits for this read any more'));
    }
  }
}

function begin(key: string, read: (signal: AbortSignal) => Promise<unknown>): Shared {
  const stop = new AbortController();
  const answer = read(stop.signal).finally(() => {
    if (underWay.get(key) === shared) underWay.delete(key);
  });
  answer.catch(() => {});
  const shared: Shared = { answer, readers: 0, stop };
  underWay.set(key, shared);
  return shared;
}
