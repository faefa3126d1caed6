import { type Named, type NameIndex, nameIndex } from './customers';
import { readDays, type SaidDays } from './days';
import { decideCustomer, decideTyped, type Whom } from './decide-customer';
import { type ConsoleLink, type Ids, readConsoleLink, readIds } from './ids';
import { type Line, readLines } from './lines';
import { isPlain, wordsOf } from './words';

/** What a text says by itself, before anything is looked up. `rest` are the words of a search that say none of it. */
export type Understood = {
  lines: Line[];
  isTyped: boolean;
  whom: Whom;
  rest: string;
  ids: Ids;
  link: ConsoleLink | null;
  index: NameIndex;
  daysIn: (zone: { today: string; timeZone: string }) => SaidDays[];
};

/** So many words in one line are a search; more of them are a ticket. */
const typedWords = 8;

/** Reads a search or a ticket. `today` decides what a day without a year is while the customer is not known. */
export function understand(text: string, customers: readonly Named[], today: string): Understood {
  const index = nameIndex(customers);
  const lines = readLines(text);
  const daysIn = (zone: { today: string; timeZone: string }) => readDays(lines, zone);
  const said = daysIn({ today, timeZone: 'UTC' });
  const [line] = lines;
  const ids = readIds(lines);
  const left = line ? withoutKnown(line.text, said, ids) : '';
  const isTyped = lines.length === 1 && line?.place === 'body' && wordsOf(left).length <= typedWords;
  const whom = isTyped ? decideTyped(lines, index, left) : { ...decideCustomer(lines, index), rest: '' };
  const link = readConsoleLink(lines, (id) => customers.some((one) => one.id === id));
  return { lines, isTyped, whom, rest: whom.rest, ids, link, index, daysIn };
}

/** The text without its days and ids. */
function withoutKnown(text: string, said: readonly SaidDays[], ids: Ids): string {
  let left = text;
  for (const { written } of said) left = left.replace(written, ' ');
  for (const id of ids.tokens) left = left.replaceAll(id, ' ');
  return left.replace(/\b(?:run|backfill)\s*[:=#]?\s*[0-9a-f-]{6,36}\b/gi, ' ');
}

/** The groups of words in a text that may be the name of an agent or a use case, in small letters. */
export function phrasesOf({ lines, isTyped, rest }: Pick<Understood, 'lines' | 'isTyped' | 'rest'>): string[] {
  const phrases = new Set<string>();
  const texts = isTyped
    ? [rest]
    : lines.filter(({ place }) => place !== 'header' && place !== 'signature').map(({ text }) => text);
  for (const text of texts) {
    const words = wordsOf(text);
    words.forEach((first, at) => {
      for (const length of [1, 2, 3, 4]) {
        const last = words[at + length - 1];
        if (!last) break;
        const phrase = text.slice(first.at, last.end);
        if (/[^\p{L}\p{M}\p{N} ._@'’:-]/u.test(phrase)) break;
        const isName =
          words.slice(at, at + length).filter(({ written }) => /^\p{Lu}|\d/u.test(written)).length >=
          Math.min(2, length);
        if (
          isTyped
            ? phrase.length > 2 && !words.slice(at, at + length).every(({ key }) => isPlain(key))
            : isName && (length > 1 || /\d/.test(phrase))
        )
          phrases.add(phrase.toLowerCase());
      }
    });
  }
  return [...phrases].slice(0, 300);
}
