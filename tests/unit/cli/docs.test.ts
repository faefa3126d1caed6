import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { exitCodeHelp, exitCodeOf, exitCodes } from '@/bin/cli/exit-codes';
import { createProgram } from '@/bin/cli/program';
import { AppError, errorCodes } from '@/lib/errors';

const docs = readFileSync('docs/cli.md', 'utf8');

test('docs and help name every exit code', () => {
  for (const code of Object.values(exitCodes)) {
    expect(docs).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'));
    expect(exitCodeHelp).toMatch(new RegExp(`^ +${code} `, 'm'));
  }
});

test('every expected failure has an exit code of its kind, anything else 1', () => {
  for (const code of errorCodes) expect([2, 3, 4]).toContain(exitCodeOf(new AppError(code, 'x')));
  expect(exitCodeOf(new Error('x'))).toBe(1);
});

/** Every command that does something, with its name in full. */
const verbsOf = (command: Command, before: string[] = []): [string, Command][] =>
  command.commands.flatMap((one): [string, Command][] => {
    const name = [...before, one.name()];
    return one.commands.length > 0 ? verbsOf(one, name) : [[name.join(' '), one]];
  });
const verbs = verbsOf(createProgram());
/** What is said once for all verbs. */
const prose = docs
  .split('\n')
  .filter((line) => !line.startsWith('|'))
  .join('\n');

test.each(verbs)('docs name the verb "%s" and its options', (verb, command) => {
  const row = docs.split('\n').find((line) => line.includes(`\`${verb} `) || line.includes(`\`${verb}\``));
  expect(row, verb).toBeDefined();
  const named = [...(row ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
  const own = named.find((usage) => usage === verb || usage.startsWith(`${verb} `)) ?? '';
  const options = command.options.map((option) => option.long ?? '');
  const missing = options.filter((option) => !own.includes(option) && !prose.includes(option));
  expect(missing).toEqual([]);
});

test('docs name the scan’s counts', () => {
  expect(docs).toContain(
    'days: [{day, conversations, affected, stale, duplicates, missing, orphans, open, settling, flags: {wrongAgent, ...},',
  );
});
