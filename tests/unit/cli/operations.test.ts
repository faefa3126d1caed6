import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '@/bin/cli/program';

const docs = readFileSync('docs/operations.md', 'utf8');
/** What follows `slc` in code, to the end of the code or of its line. */
const usages = [
  ...new Set([...docs.matchAll(/(?:^|[`\s])slc ([a-z][^`\n]*)/gm)].map((match) => (match[1] ?? '').trim())),
];

/** Follows the verbs of a usage and returns the words that no command or option answers to. */
function unknownOf(usage: string): string[] {
  let command: Command = createProgram();
  const words = usage.split(/\s+/);
  while (command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (!next) return words.slice(0, 1);
    words.shift();
    command = next;
  }
  const options = command.options.map(({ long }) => long);
  return words.filter((word) => word.startsWith('--') && !options.includes(word));
}

test('every command that operations.md gives is one of the image’s command line', () => {
  expect(usages.length).toBeGreaterThan(8);
  expect(usages.filter((usage) => unknownOf(usage).length > 0)).toEqual([]);
  expect(docs.match(/npm run (?!cluster|-s cli --`)[^`]*/g)).toBeNull();
});

/** Templates as they look with any value, in the quotes of a document. */
const comparable = (text: string) =>
  text
    .replace(/\$\{[^}]*\}/g, '#')
    .replace(/[“”]/g, '')
    .replaceAll('’', "'")
    .toLowerCase();

/** Words of a provider, questions of people, and sentences that the code puts together. */
const notOfOneTemplate = [
  'Group Membership',
  'Groups assigned to the application',
  'Who deleted this row, when, why, and what was in it?',
  'Everybody has to sign in again',
  'ClickHouse refused the KILL already as a TEST.',
  'Stop before STEP',
  'Stop after STEP',
];

test('what operations.md quotes is what the console says', () => {
  const files = execFileSync('git', ['ls-files', 'lib', 'components', 'app', 'bin'], { encoding: 'utf8' }).split('\n');
  const code = comparable(
    files
      .filter((path) => /\.tsx?$/.test(path))
      .map((path) => readFileSync(path, 'utf8'))
      .join('\n'),
  );
  const quotes = [...docs.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/"([^"\n]{3,80})"/g)]
    .map((match) => match[1] ?? '')
    .filter((quote) => !notOfOneTemplate.includes(quote));
  expect(quotes.length).toBeGreaterThan(15);
  const shown = (quote: string) => comparable(quote.replace(/DAY|STEP|\.\.\./g, '#').replace(/[.,]$/, ''));
  expect(quotes.filter((quote) => !code.includes(shown(quote)))).toEqual([]);
});
