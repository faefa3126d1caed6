import { nameKey } from '@/lib/customers/name-model';
import { monthOf } from './calendar';
import type { Line } from './lines';
import {
  companyEndings,
  isCommon,
  isPhrase,
  isPlain,
  namesAnother,
  namesAnotherBefore,
  type Word,
  wordsOf,
} from './words';

export type Named = { id: string; displayName: string; aliases: readonly string[] };

/** How a name is written: whole; whole, but a word that tickets have in other senses; or one of its words. */
type Kind = 'whole' | 'common' | 'part';
type Form = { words: string[]; kind: Kind; customers: Set<string> };
export type NameIndex = { forms: Map<string, Form[]>; customers: readonly Named[] };

/** A customer that a text says. Several where it may mean any of them; `sure` where it can only mean this one. */
export type Mention = {
  customers: string[];
  line: number;
  written: string;
  kind: Kind;
  sure: boolean;
  labelled: boolean;
};

/** The names of all customers, for `readCustomers`. Made once for a text. */
export function nameIndex(customers: readonly Named[]): NameIndex {
  const forms = new Map<string, Form>();
  const add = (words: string[], kind: Kind, id: string) => {
    if (words.length === 0) return;
    const key = words.join(' ');
    const known = forms.get(key);
    if (!known || (known.kind === 'part' && kind !== 'part')) forms.set(key, { words, kind, customers: new Set([id]) });
    else if (kind !== 'part' || known.kind === 'part') known.customers.add(id);
  };
  for (const { id, displayName, aliases } of customers)
    for (const name of [id, displayName, ...aliases])
      for (const words of formsOf(name))
        add(words, words.length === 1 && isCommon(words[0] ?? '') ? 'common' : 'whole', id);
  for (const { id, displayName, aliases } of customers)
    for (const word of new Set([id, displayName, ...aliases].flatMap((name) => nameKey(name).split(' '))))
      if (!isCommon(word)) add([word], 'part', id);
  const byFirst = new Map<string, Form[]>();
  for (const form of forms.values())
    byFirst.set(form.words[0] ?? '', [...(byFirst.get(form.words[0] ?? '') ?? []), form]);
  for (const all of byFirst.values()) all.sort((a, b) => b.words.length - a.words.length);
  return { forms: byFirst, customers };
}

/** A name as people write it: its words, without "Inc." and the like, and in one word. */
function formsOf(name: string): string[][] {
  const words = nameKey(name).split(' ').filter(Boolean);
  const bare = words.filter((word, at) => at === 0 || !companyEndings.has(word));
  const all = [words, bare];
  for (const each of [words, bare]) if (each.length > 1 && each.join('').length >= 6) all.push([each.join('')]);
  return all;
}

/** Every customer that the lines say, in their order. */
export function readCustomers(lines: readonly Line[], index: NameIndex): Mention[] {
  return lines.flatMap((line, at) => {
    const found = mentionsIn(line, index).map((mention) => ({ ...mention, line: at }));
    return line.place === 'customer label' ? labelled(line, at, found) : found;
  });
}

type Found = Omit<Mention, 'line'> & { at: number; end: number };

function mentionsIn(line: Line, { forms }: NameIndex): Found[] {
  const words = wordsOf(line.text);
  const found: Found[] = [];
  for (let at = 0; at < words.length; ) {
    const fitting = (forms.get(words[at]?.key ?? '') ?? []).filter((form) =>
      form.words.every((word, next) => words[at + next]?.key === word && isJoined(line.text, words, at, next)),
    );
    const [longest] = fitting;
    if (!longest) {
      at += 1;
      continue;
    }
    const written = words.slice(at, at + longest.words.length);
    const shorter = fitting
      .slice(1)
      .find((form) => form.kind !== 'part' && !sameSet(form.customers, longest.customers));
    const either = shorter && changesCase(written, shorter.words.length) ? [...shorter.customers] : [];
    const customers = [...new Set([...longest.customers, ...either])];
    const [first, last] = [written[0] as Word, written.at(-1) as Word];
    found.push({
      customers,
      at: first.at,
      end: last.end,
      written: line.text.slice(first.at, last.end),
      kind: longest.kind,
      sure:
        customers.length === 1 &&
        (longest.kind === 'whole' || isShortName(longest.kind, first.written)) &&
        isWritten(written, line.text) &&
        says(line, words, at, longest.words.length),
      labelled: false,
    });
    at += longest.words.length;
  }
  return found;
}

/** Words of a name stand beside each other, with no more than a space or a sign between them. */
const isJoined = (text: string, words: readonly Word[], at: number, next: number): boolean =>
  next === 0 ||
  /^(?:[ \t]{1,2}|['’&._/-]|[ \t]?&[ \t]?|[.,] ?)$/.test(text.slice(words[at + next - 1]?.end, words[at + next]?.at));

const sameSet = (a: Set<string>, b: Set<string>) => a.size === b.size && [...a].every((one) => b.has(one));
/** A name of three letters that is no plain word says a customer. */
const isShortName = (kind: Kind, written: string) =>
  kind === 'common' && written.length === 3 && !isPlain(nameKey(written));
/** A name that is also a phrase says a customer where each of its words is written as a name. */
const isWritten = (words: readonly Word[], text: string) =>
  words.length === 1 ||
  !isPhrase(words.map(({ key }) => key)) ||
  words.every(isCapital) ||
  /[._-]/.test(text.slice(words[0]?.at, words.at(-1)?.end));
const isCapital = (word: Word | undefined) => /^\p{Lu}/u.test(word?.written ?? '');

/** "Alaska Air cargo": the first words are written as a name, and those behind them are not. */
const changesCase = (written: readonly Word[], length: number) =>
  isCapital(written[0]) && written.slice(length).some((word) => !isCapital(word));

/** Whether the words around a whole name leave it as it is, in a place that says of whom a ticket is. */
function says(line: Line, words: readonly Word[], at: number, length: number): boolean {
  if (line.place === 'header' || line.place === 'signature') return false;
  const [first, last] = [words[at] as Word, words[at + length - 1] as Word];
  const [before, after] = [words[at - 1], words[at + length]];
  const gapBefore = line.text.slice(before?.end ?? 0, first.at);
  const gapAfter = line.text.slice(last.end, after?.at ?? line.text.length);
  if (before && /^[-_./@]$/.test(gapBefore)) return false;
  if (after && /^[-_./@]$/.test(gapAfter) && !/^(related|reported|side|wide|owned|based|specific)$/.test(after.key))
    return false;
  if (after && /^[ ]$/.test(gapAfter) && namesAnother.has(after.key)) return false;
  if (after && gapAfter === ' ' && isOneMoreName(after, words[at + length + 1])) return false;
  if (before && /^[ ]$/.test(gapBefore) && namesAnotherBefore.has(before.key) && isCapital(before)) return false;
  const sentence =
    line.text
      .slice(Math.max(0, first.at - 60), first.at)
      .split(/[.!?;]/)
      .at(-1) ?? '';
  return !compares.test(sentence.replace(seems, ' '));
}

/** "Air Canada Rouge has": one more word that is written as a name. Two are one of an agent, or a heading. */
const isOneMoreName = (after: Word, next: Word | undefined): boolean =>
  isCapital(after) && !isCapital(next) && after.key.length > 2 && !isPlain(after.key) && monthOf(after.key) === 0;

const seems = /\b(?:looks?|seems?|feels?|sounds?|appears?)\s+like\b/gi;
/** What is said of another customer than the one of the ticket. */
const compares =
  /\b(?:(?:same|similar)\b.{0,30}\b(?:as|to|at|with|for|saw|had)(?:\s+(?:we|they|you|it|the|in|with|at|for|had|saw|case|on))*|unlike|such as|like|than|not(?: for| at| with| about)?|except(?: for)?|other than|instead of|besides|compared (?:to|with)|what about|also at|happened (?:at|to|with)|fixed for|works? (?:fine )?(?:for|at)|affects? not|on behalf of|partner(?: of)?|via|vendor)(?:\s+the)?\s*["'(]?\s*$/i;

/** A label names one customer, and only if it says no more than that one. */
function labelled(line: Line, at: number, found: readonly (Found & { line: number })[]): Mention[] {
  const segments = [...line.text.matchAll(/[^,()/|·;–—]+|(?<=\s)-(?=\s)/g)];
  const isWhole = (mention: Found) =>
    segments.some(({ 0: segment, index }) =>
      segment
        .split(/\s-\s/)
        .some((part) => part.includes(mention.written) && onlyNames(part, mention.written) && index <= mention.at),
    );
  // What follows "|" or ";" is another field. Anything else beside the name may say another customer: "Acme (EU)".
  const beside = (line.text.split(/[|;·]/)[0] ?? '').split(/[,()/–—]|\s-\s/);
  const isAlone = ({ customers: [id = ''] }: Found) =>
    beside.every(
      (part) =>
        wordsOf(part).every(({ key }) => companyEndings.has(key) || key === 'id' || /^\d+$/.test(key)) ||
        found.some(
          ({ written, customers }) => customers.includes(id) && part.includes(written) && onlyNames(part, written),
        ),
    );
  const sure = found.filter((mention) => mention.customers.length === 1 && isWhole(mention) && isAlone(mention));
  if (sure.length === 0) {
    const written = line.text.trim().slice(0, 80);
    return [
      {
        customers: [...new Set(found.flatMap(({ customers }) => customers))],
        line: at,
        written,
        kind: 'whole',
        sure: false,
        labelled: true,
      },
    ];
  }
  return sure.map((mention) => ({ ...mention, sure: true, labelled: true }));
}

const onlyNames = (part: string, written: string) => {
  const rest = wordsOf(part.replace(written, ' ')).filter(({ key }) => !companyEndings.has(key) && key !== 'id');
  return rest.length === 0;
};
