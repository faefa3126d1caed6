import { chunksAtOnce } from '../model';

/** Runs `work` for each item, at most `atOnce` at the same time, in order of start. The first failure ends the rest. */
export async function inLanes<T>(
  items: readonly T[],
  work: (item: T, at: number) => Promise<void>,
  atOnce = chunksAtOnce,
): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async () => {
    while (next < items.length && !failed) {
      const at = next++;
      await work(items[at] as T, at).catch((error) => {
        failed = true;
        throw error;
      });
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
}
