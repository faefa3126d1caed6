import { delay } from './clock';

/** How often a wait looks: the first pause, the longest one, and what each is multiplied by, in milliseconds. */
export type Pace = { firstMs?: number; mostMs?: number; factor?: number; signal?: AbortSignal };

const usual = { firstMs: 50, mostMs: 1_000, factor: 1.5 };

/** A pace without growth. */
export const every = (ms: number) => ({ firstMs: ms, mostMs: ms });

/**
 * The one way to wait for a state: asks `look` until its answer is not null. With `withinMs` it looks at least once after
 * that time and then answers null. Throws what `look` throws, and the signal's reason when it aborts during a pause.
 */
export function poll<T>(pace: Pace & { withinMs: number }, look: () => Promise<T | null> | T | null): Promise<T | null>;
export function poll<T>(pace: Pace, look: () => Promise<T | null> | T | null): Promise<T>;
export async function poll<T>(
  { signal, withinMs = Number.POSITIVE_INFINITY, ...pace }: Pace & { withinMs?: number },
  look: () => Promise<T | null> | T | null,
): Promise<T | null> {
  const { firstMs, mostMs, factor } = { ...usual, ...pace };
  const untilMs = performance.now() + withinMs;
  for (let waitMs = firstMs; ; waitMs = Math.min(mostMs, waitMs * factor)) {
    const isLast = performance.now() >= untilMs;
    const found = await look();
    if (found !== null) return found;
    if (isLast) return null;
    await delay(Math.min(waitMs, Math.max(0, untilMs - performance.now())), signal);
  }
}

/** Does `work` every so many milliseconds until `signal` aborts, and returns then. A failure goes to `failed`. */
export async function atIntervals(
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<unknown>,
  failed: (error: unknown) => void,
): Promise<void> {
  const look = async () => {
    if (signal.aborted) return true;
    await work().catch((error) => signal.aborted || failed(error));
    return null;
  };
  await poll({ ...every(everyMs), signal }, look).catch((error) => {
    if (!signal.aborted) throw error;
  });
}

/**
 * Asks `why` every `everyMs` until it answers, and then aborts `stop` with that, or until `signal` aborts. A failure of
 * `why` is ignored.
 */
export async function stopOnceAsked(
  everyMs: number,
  why: () => Promise<Error | null>,
  { stop, signal }: { stop: AbortController; signal: AbortSignal },
): Promise<void> {
  const look = async () => {
    const reason = await why();
    if (reason) stop.abort(reason);
  };
  await atIntervals(everyMs, AbortSignal.any([signal, stop.signal]), look, () => undefined);
}

/**
 * Does `work` at once, whenever the function that `listen` is given is called, and anyway after the pause that `work`
 * answers, in milliseconds. Returns when `signal` aborts.
 */
export async function whenWoken(
  listen: (wake: () => void) => void,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<void> {
  let woken = false;
  let goOn = () => {};
  const wake = () => {
    woken = true;
    goOn();
  };
  listen(wake);
  signal.addEventListener('abort', wake, { once: true });
  while (!signal.aborted) {
    woken = false;
    const pauseMs = await work();
    if (woken) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
