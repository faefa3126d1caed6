const dateMs = 86_400_000;

/** Rows of one UTC date: the larger of the two sides, since either fills the chunk's memory. */
export type DateRows = { dateMs: number; rows: number };

/** A half-open part of the range, in ms since 1970. */
export type Chunk = { fromMs: number; toMs: number };

/** A date of more than this many chunks is cut too, although each of its parts then reads the whole date. */
const cutDateAbove = 4;

/**
 * Cuts `[fromMs, toMs)` into chunks of about `rowsMax` rows. The edges between chunks are edges of UTC dates, by which
 * the truth is sorted, so that two chunks share no granule. A customer's day may be in two chunks: their counts add up.
 */
export function planChunks(range: Chunk, dates: readonly DateRows[], rowsMax: number): Chunk[] {
  const edges: number[] = [];
  let filled = 0;
  for (const { dateMs: at, rows } of [...dates].sort((a, b) => a.dateMs - b.dateMs)) {
    if (filled > 0 && filled + rows > rowsMax) {
      edges.push(at);
      filled = 0;
    }
    filled += rows;
    const parts = rows > rowsMax * cutDateAbove ? Math.ceil(rows / rowsMax) : 1;
    for (let part = 1; part < parts; part++) edges.push(at + Math.round((part * dateMs) / parts));
    if (parts > 1) filled = rowsMax;
  }
  const inner = edges.filter((edge) => edge > range.fromMs && edge < range.toMs);
  const all = [range.fromMs, ...new Set(inner), range.toMs];
  return all.slice(1).map((toMs, at) => ({ fromMs: all[at] as number, toMs }));
}
