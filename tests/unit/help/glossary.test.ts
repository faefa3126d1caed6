import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entryOf, glossaryOf } from '@/lib/help/model';

const entries = glossaryOf(readFileSync('docs/glossary.md', 'utf8'));

/** The words that components give to `Term`, in its own attribute or in a `term` of what they hand to others. */
const used = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'components', 'app'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path.endsWith('.tsx') || path.endsWith('.ts'))
  .flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/(?:<Term\s+word=|\bterm[:=]\s*)["']([^"']+)["']/g)].map((match) => ({
      path,
      word: match[1] ?? '',
    })),
  );

describe('definitions', () => {
  it('every word that a page explains is in the glossary', () => {
    expect(used.filter(({ word }) => !entryOf(entries, word))).toEqual([]);
  });

  it('rows of the glossary are plain text, with one definition for each of their words', () => {
    expect(entries.length).toBeGreaterThan(150);
    expect(entries.filter(({ definition }) => /[`[\]]|\\/.test(definition))).toEqual([]);
    expect(entryOf(entries, 'Late')?.words).toEqual(['due', 'late']);
    expect(entryOf(entries, 'right key')?.group).toBe('Data');
    expect(entryOf(entries, 'N/A')?.words).toEqual(['0', 'N/A']);
    expect(entryOf(entries, 'unheard')).toBeUndefined();
  });

  it('no word is defined twice', () => {
    const words = entries.flatMap((entry) => entry.words.map((word) => word.toLowerCase()));
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });
});
