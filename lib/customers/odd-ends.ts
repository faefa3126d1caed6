import type { OddEnd } from './sql/odd-ends';

const conversations = (count: number) =>
  `${count.toLocaleString('en-US')} ${count === 1 ? 'conversation' : 'conversations'}`;
const verb = (count: number, one: string, many: string) => (count === 1 ? one : many);

/** What odd ends mean here, a sentence each; none where there are none. */
export function oddEndSentences(found: readonly OddEnd[]): string[] {
  return found.map(({ kind, endMs, conversations: count }) => {
    if (kind === 'open')
      return `${conversations(count)} ${verb(count, 'ends', 'end')} at ${new Date(endMs).toISOString().slice(0, 10)}, which is no end: ${verb(count, 'it counts', 'they count')} as open.`;
    const what = kind === 'future' ? 'in the future' : 'before the start';
    return `${conversations(count)} ${verb(count, 'ends', 'end')} ${what}; ${verb(count, 'it counts', 'they count')} as closed.`;
  });
}
