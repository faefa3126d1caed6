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
