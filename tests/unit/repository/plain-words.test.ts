import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** Words that comments used with a private or unclear meaning. "alone" stood for only, "stands" for is. */
const unclear = /\b(told|anew|whoever|alone|stands|deed|in hand|at work|for good|but for|as it comes)\b/i;

/** Migrations that have run may not be edited, not even their comments. */
const fixed = /^lib\/postgres\/migrations\//;
const here = 'tests/unit/repository/plain-words.test.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(tsx?|mjs|go|css|sql)$/.test(path) && existsSync(path))
  .filter((path) => path !== here && !fixed.test(path));

const commentsOf = (path: string, text: string): string[] =>
  text.match(path.endsWith('.sql') ? /--[^\n]*/g : /\/\*[\s\S]*?\*\/|(?<![:"'`/])\/\/[^\n]*/g) ?? [];

const findings = (path: string, text: string) =>
  commentsOf(path, text)
    .filter((comment) => unclear.test(comment))
    .map((comment) => `${path}: ${comment.match(new RegExp(`.{0,30}${unclear.source}.{0,30}`, 'i'))?.[0]}`);

it('no comment has one of the words that a native engineer reads twice', () => {
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((path) => findings(path, readFileSync(path, 'utf8')))).toEqual([]);
});

it('finds such a word in a comment, and in nothing else', () => {
  expect(findings('a.ts', '/** What the Job is told. */')).toHaveLength(1);
  expect(findings('a.ts', "const told = 'whoever';")).toEqual([]);
  expect(findings('a.sql', "SELECT 'alone' -- made anew")).toHaveLength(1);
});
