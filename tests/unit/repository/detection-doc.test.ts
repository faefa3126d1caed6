import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { flagBits } from '@/lib/detection/flags';
import { createCandidates } from '@/lib/detection/judge/sql/read';

const doc = readFileSync('docs/detection.md', 'utf8');
const code = execFileSync('git', ['ls-files', 'lib/detection', 'lib/clickhouse'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => readFileSync(path, 'utf8'))
  .join('\n');

it('every column, table and statement that docs/detection.md names is in the code', () => {
  const names = [...doc.matchAll(/`([a-zA-Z_.]+)`/g)].map((match) => match[1] ?? '');
  expect(names).toContain('screen_weight');
  expect(names.filter((name) => !new RegExp(`\\b${name.replace('.', '\\.')}\\b`).test(code))).toEqual([]);
});

it('the sums that the screen settles and the bits of the flags are those of the code', () => {
  const text = createCandidates.text as (columns: unknown) => string;
  const settled = /NOT IN \(\d+, \d+\)/.exec(text({}))?.[0];
  expect(settled).toBeDefined();
  expect(doc).toContain(settled);
  const words = Object.entries(flagBits).map(
    ([flag, bit]) => `${flag.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} (${bit})`,
  );
  expect(words.filter((word) => !doc.includes(word))).toEqual([]);
});
