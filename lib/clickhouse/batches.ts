import { AppError } from '@/lib/errors';

/**
 * What one statement names: its parameters hold 131,072 bytes each, and its text 262,144 with all of them. So statements
 * over all customers do not grow with their number.
 */
const most = { items: 500, bytes: 40_000 };
/** How many statements may look for the item that a failure is about. */
const splitsMost = 60;

export type Failed<Item> = { item: Item; error: unknown };

/**
 * Reads about many things, a batch of them with each statement; `nameOf` is what a statement says of one. Where a batch
 * fails its halves are read, so that one thing that cannot be read hides no other. Throws AppError('unavailable') and the
 * signal's reason, which are about no single thing.
 */
export async function readInBatches<Item, Found>(
  { items, nameOf, signal }: { items: readonly Item[]; nameOf: (item: Item) => string; signal?: AbortSignal },
  read: (batch: Item[]) => Promise<Found[]>,
): Promise<{ found: Found[]; failed: Failed<Item>[] }> {
  const found: Found[] = [];
  const failed: Failed<Item>[] = [];
  let splits = 0;
  const readSome = async (batch: Item[]): Promise<void> => {
    signal?.throwIfAborted();
    try {
      found.push(...(await read(batch)));
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof AppError && error.code === 'unavailable') throw error;
      const half = Math.ceil(batch.length / 2);
      if (batch.length === 1 || splits >= splitsMost) {
        failed.push(...batch.map((item) => ({ item, error })));
        return;
      }
      splits += 1;
      await readSome(batch.slice(0, half));
      await readSome(batch.slice(half));
    }
  };
  for (const batch of batchesOf(items, nameOf)) await readSome(batch);
  return { found, failed };
}

/** The batches, for reads of which each must succeed. */
export function batchesOf<Item>(items: readonly Item[], nameOf: (item: Item) => string): Item[][] {
  const batches: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const own = Buffer.byteLength(nameOf(item)) + 4;
    const last = batches.at(-1);
    if (!last || last.length >= most.items || bytes + own > most.bytes) {
      batches.push([item]);
      bytes = own;
    } else {
      last.push(item);
      bytes += own;
    }
  }
  return batches;
}
