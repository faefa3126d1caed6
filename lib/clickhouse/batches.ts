import { AppError } from '@/lib/errors';

/**
 * What one statement names: its parameters hold 131,072 bytes each, and its text 262,144 with all of them. So statements
 * over all customers do not grow with their number.
 */
const most = { items: 500, bytes: 40_000 };
/** After so many halvings of a batch of which nothing could be read, the failure is about all of it. */
const vainMost = 63;

export type Failed<Item> = { item: Item; error: unknown };

/**
 * Reads about many things, a batch of them with each statement; `nameOf` is what a statement says of one. Where a batch
 * fails its halves are read, the largest pieces first, so that things that cannot be read hide no other. Where 64 pieces of a
 * batch fail and none succeeds, all of it has failed. Throws AppError('unavailable') and the
 * signal's reason, which are about no single thing.
 */
export async function readInBatches<Item, Found>(
  { items, nameOf, signal }: { items: readonly Item[]; nameOf: (item: Item) => string; signal?: AbortSignal },
  read: (batch: Item[]) => Promise<Found[]>,
): Promise<{ found: Found[]; failed: Failed<Item>[] }> {
  const found: Found[] = [];
  const failed: Failed<Item>[] = [];
  const readPieces = async (whole: Item[]): Promise<void> => {
    let isVain = true;
    let halvings = 0;
    const pieces = [whole];
    for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
      signal?.throwIfAborted();
      try {
        found.push(...(await read(piece)));
        isVain = false;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof AppError && error.code === 'unavailable') throw error;
        if (piece.length === 1 || (isVain && halvings >= vainMost)) {
          failed.push(...piece.map((item) => ({ item, error })));
          continue;
        }
        halvings += 1;
        const half = Math.ceil(piece.length / 2);
        pieces.push(piece.slice(0, half), piece.slice(half));
      }
    }
  };
  for (const batch of batchesOf(items, nameOf)) await readPieces(batch);
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
