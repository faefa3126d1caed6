import { nameKey } from '@/lib/customers/name-model';
import type { Line } from './lines';
import { wordsOf } from './words';

/** Those of `values` (agents or use cases of a customer) that the lines say, in the order in which they do. */
export function saidOf(
  values: readonly string[],
  lines: readonly Line[],
  { isTyped, kind }: { isTyped: boolean; kind: 'agent' | 'use case' },
): string[] {
  const byFirst = new Map<string, { words: string[]; value: string }[]>();
  for (const value of values) {
    const words = nameKey(value).split(' ').filter(Boolean);
    const [first] = words;
    if (first) byFirst.set(first, [...(byFirst.get(first) ?? []), { words, value }]);
  }
  const found = new Set<string>();
  for (const { text, place } of lines) {
    if (place === 'header' || place === 'signature') continue;
    const words = wordsOf(text);
    for (let at = 0; at < words.length; ) {
      const [longest] = (byFirst.get(words[at]?.key ?? '') ?? [])
        .filter((one) => one.words.every((word, next) => words[at + next]?.key === word))
        .sort((a, b) => b.words.length - a.words.length);
      const [first, last] = [words[at], words[at + (longest?.words.length ?? 1) - 1]];
      const written = text.slice(first?.at, last?.end);
      if (
        longest &&
        (longest.words.length > 1 ||
          saysOneWord(longest.value, written, text.slice(Math.max(0, (first?.at ?? 0) - 40), first?.at), {
            isTyped,
            kind,
          }))
      )
        found.add(longest.value);
      at += longest?.words.length ?? 1;
    }
  }
  return [...found];
}

/** One word is a name where it is written exactly so, and is no plain word; or where it is called one. */
function saysOneWord(
  value: string,
  written: string,
  before: string,
  { isTyped, kind }: { isTyped: boolean; kind: string },
): boolean {
  const called =
    kind === 'agent'
      ? /\b(?:agent|user)(?:[ _-]?id)?\s*[:=#]?\s*["'`]?$/i
      : /\b(?:use[ -]?case|queue)(?:[ _-]?id)?\s*[:=#]?\s*["'`]?$/i;
  if (called.test(before)) return true;
  if (isTyped) return value.length > 2;
  return value === written && value.length > 3 && /\d/.test(value) && /\D/.test(value);
}
