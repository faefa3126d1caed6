import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { importsOf } from '@/tests/unit/repository/rules';

/** What no page may load with itself. A form may load what checks it once it is shown, by `import()`. */
const heavy = ['zod', 'temporal-polyfill', 'recharts', 'radix-ui', 'cmdk', '@tanstack/react-query'];

const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', 'app', 'components', 'lib'],
  {
    encoding: 'utf8',
  },
).split('\n');
const sources = new Map(
  files
    .filter((path) => /\.tsx?$/.test(path) && existsSync(path))
    .map((path) => [path.replace(/\.tsx?$/, ''), { path, text: readFileSync(path, 'utf8') }]),
);

/** Without what is gone at run time, and without what is loaded later. */
const kept = (text: string) =>
  text
    .replace(/^(import|export) type\s[^;]*;/gm, '')
    .replace(/^import \{(\s*type [^,}]+,?)+\s*\} from '[^']+';/gm, '')
    .replace(/\bimport\(\s*'[^']+'\s*\)/g, '');

/** The chain of files from a component of the browser to a heavy package; undefined where there is none. */
function chainTo(packages: string[], from: string): string[] | undefined {
  const seen = new Set([from]);
  const waiting = [[from]];
  for (let chain = waiting.shift(); chain; chain = waiting.shift()) {
    const source = sources.get(chain.at(-1) ?? '');
    // The browser has only a reference to each action.
    if (!source || source.text.startsWith("'use server'")) continue;
    for (const name of importsOf({ ...source, text: kept(source.text) })) {
      if (packages.includes(name)) return [...chain, name];
      if (!seen.has(name)) waiting.push([...chain, name]);
      seen.add(name);
    }
  }
  return undefined;
}

/** The components that pages load with themselves: those that no other one loads later. */
const later = new Set(
  [...sources.values()].flatMap(({ path, text }) =>
    [...text.matchAll(/\bimport\(\s*'(\.[^']+)'\s*\)/g)].map(
      (match) => `${path.slice(0, path.lastIndexOf('/'))}/${match[1]?.slice(2)}`,
    ),
  ),
);
const screens = [...sources]
  .filter(([name, { text }]) => text.startsWith("'use client'") && !later.has(name))
  .map(([name]) => name);

it('no page loads a schema, a calendar, a chart, a menu, a palette or the reads with itself', () => {
  expect(screens.length).toBeGreaterThan(80);
  expect(screens.flatMap((name) => chainTo(heavy, name)?.join(' > ') ?? [])).toEqual([]);
});

it('a chain to a heavy package is found', () => {
  expect(chainTo(['zod'], 'components/orders/check')).toEqual([
    'components/orders/check',
    'components/ui/jitless',
    'zod',
  ]);
});
