import type { Scan } from './model';

/** What a scan that began reads, and why. */
export function readSentence({ kind, days, reason }: Pick<Scan, 'kind' | 'days' | 'reason'>): string {
  const why = reason ? `, because ${reason}` : '';
  if (kind !== 'changes') return `all days are read${why}`;
  if (days?.length) return `${days.length === 1 ? '1 day is' : `${days.length} days are`} read${why}`;
  return 'nothing changed, so no day is read';
}
