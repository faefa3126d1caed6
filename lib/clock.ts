/** The present instant in milliseconds since the epoch; passed in, so that a test owns the time. */
export type Clock = { now(): number };

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands at `atMs`. */
export const fixedClock = (atMs: number): Clock => ({ now: () => atMs });

/** Resolves after `ms`, or at once with the signal's reason as a rejection. */
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
 * The same for somebody who waits for an answer: a process that was busy itself reads what came in meanwhile before
 * its patience ends, where a single timer would fire first.
 */
export async function patience(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms / 2, signal);
  await delay(ms / 2, signal);
}

/** Aborts `stop` with what `why` answers, asked every `everyMs` until then or until `signal` aborts. A look that fails stops nothing. */
export async function stopOnceAsked(
  everyMs: number,
  why: () => Promise<Error | null>,
  { stop, signal }: { stop: AbortController; signal: AbortSignal },
): Promise<void> {
  const either = AbortSignal.any([signal, stop.signal]);
  while (!either.aborted) {
    await delay(everyMs, either).catch(() => undefined);
    if (either.aborted) return;
    const reason = await why().catch(() => null);
    if (reason) stop.abort(reason);
  }
}

/** What settles first; `over` then ends the rest, of whose end nobody needs to hear. */
export function firstOf<T>(racing: readonly Promise<T>[], over: AbortController): Promise<T> {
  for (const each of racing) each.catch(() => undefined);
  return Promise.race(racing).finally(() => over.abort());
}
