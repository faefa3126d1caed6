export type Sorting = { id: string; descending: boolean };

/** "-stale" in an address sorts by stale, largest first; an empty text sorts by nothing. */
export const sortingOf = (text: string): Sorting | null =>
  text ? { id: text.replace(/^-/, ''), descending: text.startsWith('-') } : null;

/** The rows in the order of a value; those with an equal one keep theirs. */
export function sortRows<T>(rows: readonly T[], keyOf: (row: T) => number | string, descending: boolean): T[] {
  const sign = descending ? -1 : 1;
  return rows
    .map((row) => ({ row, value: keyOf(row) }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value > b.value ? sign : -sign))
    .map(({ row }) => row);
}
