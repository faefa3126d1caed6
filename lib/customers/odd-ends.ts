import { agree, count } from '@/lib/words';
import type { OddEnd } from './sql/odd-ends';

/** A sentence about each kind of odd end that was found. */
export function oddEndSentences(found: readonly OddEnd[]): string[] {
  return found.map(({ kind, endMs, conversations }) => {
    if (kind === 'open')
      return `${count(conversations, 'conversation')} ${agree(conversations, 'ends', 'end')} at ${new Date(endMs).toISOString().slice(0, 10)}, which is not a real end: ${agree(conversations, 'it counts', 'they count')} as open.`;
    const what = kind === 'future' ? 'in the future' : 'before the start';
    return `${count(conversations, 'conversation')} ${agree(conversations, 'ends', 'end')} ${what}; ${agree(conversations, 'it counts', 'they count')} as closed.`;
  });
}
