import { delay } from '@/lib/clock';
import { failureOf, isPassing } from './failure';

/** How long what passes is asked again, in milliseconds; `deniedForMs` of it where the user is refused. */
export type Patience = { forMs: number; deniedForMs: number; say?: (sentence: string) => void };

const waitMs = { first: 100, most: 5_000, factor: 2 };

/**
 * What `work` answers, asked again while it fails with something that passes. `work` must be safe to repeat: a read, or
 * what proves first that it was not done. Throws the last failure, and the signal's reason when it aborts.
 */
export async function patiently<T>(
  patience: Patience | null,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const since = performance.now();
  for (let wait = waitMs.first; ; wait = Math.min(waitMs.most, wait * waitMs.factor)) {
    try {
      return await work();
    } catch (error) {
      const forMs = isPassing(error) ? patience?.forMs : failureOf(error) === 'denied' ? patience?.deniedForMs : 0;
      if (signal?.aborted || performance.now() - since >= (forMs ?? 0)) throw error;
      patience?.say?.(`${error instanceof Error ? error.message : String(error)} Asking again.`);
      await delay(wait, signal);
    }
  }
}
