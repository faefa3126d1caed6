/** The present instant in milliseconds since the epoch. It is passed in, so that a test can set the time. */
export type Clock = { now(): number };

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that always shows `atMs`. */
export const fixedClock = (atMs: number): Clock => ({ now: () => atMs });

/** Resolves after `ms`. Rejects with the signal's reason as soon as it aborts. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * The same as `delay`, for a wait that gives up on an answer. If this process was busy, it first reads what arrived in
 * the meantime, while a single timer would fire before that.
 */
export async function patience(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms / 2, signal);
  await delay(ms / 2, signal);
}

/** The result of what settles first. `over` then ends the others, whose results are ignored. */
export function firstOf<T>(racing: readonly Promise<T>[], over: AbortController): Promise<T> {
  for (const each of racing) each.catch(() => undefined);
  return Promise.race(racing).finally(() => over.abort());
}
