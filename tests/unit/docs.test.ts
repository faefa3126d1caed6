import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const files = execFileSync('git', ['ls-files', 'lib', 'app', 'components', 'bin'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => /\.(tsx?|sql)$/.test(path));

/** Letters and digits only, so that "wrong use case" is found in `wrongUseCase` and in `wrong_use_case`. */
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Words that the code is about to take over; their renames are under way. */
const renamedSoon = ['right key', 'screen weight', 'waiting behind'];

it('every word of the glossary is used in the code', () => {
  const code = plain(files.map((path) => readFileSync(path, 'utf8')).join('\n'));
  const rows = readFileSync('docs/glossary.md', 'utf8').matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm);
  const words = [...rows]
    .map((row) => (row[1] ?? '').replace(/\(.*?\)/g, ''))
    .flatMap((words) => words.split(/, | and /))
    .map((word) => word.trim())
    .filter((word) => !['Word', '---', ''].includes(word));
  expect(words.length).toBeGreaterThan(80);
  expect(words.filter((word) => !renamedSoon.includes(word) && !code.includes(plain(word)))).toEqual([]);
});
