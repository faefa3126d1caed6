import type { Difference, LabelRow } from './model';

/** An old label row beside the new one that it is compared with; null where there is none. */
export type LabelPair = { before: LabelRow | null; after: LabelRow | null };

/** Equal rows stand beside each other; of the others the newest is beside the newest, as the kinds are counted. */
export function pairsOf({ olds, news }: Pick<Difference, 'olds' | 'news'>): LabelPair[] {
  const gone = olds.filter((row) => !news.some((other) => isSame(row, other)));
  const came = news.filter((row) => !olds.some((other) => isSame(row, other)));
  const moved = Array.from({ length: Math.max(gone.length, came.length) }, (_, at) => ({
    before: gone[at] ?? null,
    after: came[at] ?? null,
  }));
  const kept = olds.filter((row) => !gone.includes(row)).map((row) => ({ before: row, after: row }));
  return [...moved, ...kept];
}

const isSame = (one: LabelRow, other: LabelRow) => differingCells(one, other).size === 0 && !othersDiffer(one, other);

const othersDiffer = (one: LabelRow, other: LabelRow) => one.others.some((value, at) => value !== other.others[at]);

export type LabelCell = 'agent' | 'useCase' | 'startAtMs' | 'endAtMs' | 'profileId';
const cells: LabelCell[] = ['agent', 'useCase', 'startAtMs', 'endAtMs', 'profileId'];

/** Which cells of two rows differ. */
export const differingCells = (before: LabelRow | null, after: LabelRow | null): Set<LabelCell> =>
  new Set(before && after ? cells.filter((cell) => before[cell] !== after[cell]) : []);

/** The other columns in which two rows differ, each with its values. */
export function otherChanges(
  { before, after }: LabelPair,
  columns: readonly string[],
): { column: string; from: string; to: string }[] {
  if (!before || !after) return [];
  const profile =
    before.profileId === after.profileId ? [] : [{ column: 'profile', from: before.profileId, to: after.profileId }];
  return [
    ...profile,
    ...columns.flatMap((column, at) => {
      const [from = '', to = ''] = [before.others[at], after.others[at]];
      return from === to ? [] : [{ column, from, to }];
    }),
  ];
}
