import { agree, count } from '@/lib/words';
import type { OddEnd } from './sql/odd-ends';

/** What odd ends mean here, a sentence each; none where there are none. */
export function oddEndSentences(found: readonly OddEnd[]): string[] {
  return found.map(({ kind, endMs, conversations }) => {
    if (kind === 'open')
      return `${count(conversations, 'conversation')} ${agree(conversations, 'ends', 'end')} at ${new Date(endMs).toISOString().slice(0, 10)}, which is no end: ${agree(conversations, 'it counts', 'they count')} as open.`;
    const what = kind === 'future' ? 'in the future' : 'before the start';
    return `${count(conversations, 'conversation')} ${agree(conversations, 'ends', 'end')} ${what}; ${agree(conversations, 'it counts', 'they count')} as closed.`;
  });
}
