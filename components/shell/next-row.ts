/**
 * The place of the row beside the one that was left, among rows of which each has its number in the table or null. Null
 * where none of them follows: the row that was left may not be drawn any more.
 */
export function besideRow(rows: readonly (number | null)[], left: number, step: 1 | -1): number | null {
  const follows = (row: number | null) => row !== null && (row - left) * step > 0;
  const at = step > 0 ? rows.findIndex(follows) : rows.findLastIndex(follows);
  return at < 0 ? null : at;
}
