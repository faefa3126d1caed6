import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roles } from '@/lib/auth/permissions';
import { stepTitles, strategyNames } from '@/lib/backfill/state/name-model';
import { labelsAre } from '@/lib/backfill/state/states';
import { flagNames } from '@/lib/detection/flags';
import { jobKinds } from '@/lib/jobs/model';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const textOf = (path: string) => readFileSync(path, 'utf8');
const read = (path: string) => ({ path, text: textOf(path) });
const docs = files.filter((path) => path.endsWith('.md')).map(read);
const all = files.filter((path) => /\.(md|tsx?|m?js|go|sql|ya?ml|sh)$|^\.ci\/|Dockerfile$/.test(path)).map(read);

/** Paths that a text cites in backticks; places of a running console and patterns are none. */
const citedPaths = (text: string) =>
  [
    ...text.matchAll(/`((?:lib|app|components|bin|scripts|tests|docs|bench|deploy|local-cluster)\/[\w./()[\]-]*)`/g),
  ].map((match) => match[1] ?? '');

/** Documents of this repository that a text names, with the heading where it names one. */
const citedDocs = (text: string) =>
  [...text.matchAll(/(?<![\w./-])(docs\/[\w/.-]*\w\.md)(?:#([\w-]+))?/g)].map(([, file = '', heading]) => ({
    file,
    heading,
  }));

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
const anchorsOf = (file: string) =>
  [...textOf(file).matchAll(/^#{1,6} (.+)$/gm)].map((match) => anchorOf(match[1] ?? ''));

const isThere = ({ file, heading }: { file: string; heading?: string }) =>
  existsSync(file) && (heading === undefined || anchorsOf(file).includes(heading));

describe('what is cited is in this repository', () => {
  it('every path that the documents cite', () => {
    const missing = docs.flatMap(({ path, text }) =>
      citedPaths(text)
        .filter((cited) => !existsSync(cited))
        .map((cited) => `${path}: ${cited}`),
    );
    expect(missing).toEqual([]);
  });

  it('every document and heading that code, tests and documents name', () => {
    const missing = all.flatMap(({ path, text }) =>
      citedDocs(text)
        .filter((cited) => !isThere(cited))
        .map(({ file, heading }) => `${path}: ${file}${heading ? `#${heading}` : ''}`),
    );
    expect(missing).toEqual([]);
  });

  it('every link of a document to another one', () => {
    const missing = docs.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)/g)]
        .map(([link, target = '', heading]) => ({
          link,
          file: target === '' ? path : new URL(target, `file:///${path}`).pathname.slice(1),
          heading,
        }))
        .filter((cited) => !isThere(cited))
        .map(({ link }) => `${path}: ${link}`),
    );
    expect(missing).toEqual([]);
  });

  it('no document outside of it', () => {
    // NOTE: notes that the first versions were written from, and the repositories of other teams.
    const absent = new RegExp(`\\b(${['FACTS', 'DESIGN', 'STYLE', 'FACE', 'STACK', 'SEED'].join('|')})\\b|\\w#\\d{4,}`);
    const cited = all.flatMap(({ path, text }) =>
      text.split('\n').flatMap((line, at) => (absent.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
    );
    expect(cited.filter((line) => !line.startsWith('tests/unit/repository/docs.test.ts'))).toEqual([]);
  });
});

it('the documents keep to their sizes', () => {
  const lines = (path: string) => textOf(path).split('\n').length;
  expect(lines('CONTRIBUTING.md')).toBeLessThanOrEqual(101);
  for (const { path } of docs.filter((doc) => doc.path.startsWith('docs/decisions/')))
    expect(lines(path), path).toBeLessThanOrEqual(41);
});

it('the documents are in plain English', () => {
  const odd = /\b(told|anew|whoever|stands|alone|but for|for good|as it comes|in hand|deed)\b/i;
  const lines = docs.flatMap(({ path, text }) => text.split('\n').map((line, at) => `${path}:${at + 1}: ${line}`));
  expect(lines.filter((line) => odd.test(line))).toEqual([]);
});

/** Letters and digits only, so that "wrong use case" is found in `wrongUseCase` and in `wrong_use_case`. */
const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

it('every word of the glossary is used in the code', () => {
  const code = plain(
    all
      .filter(({ path }) => /^(lib|app|components|bin)\//.test(path))
      .map(({ text }) => text)
      .join('\n'),
  );
  const words = [...textOf('docs/glossary.md').matchAll(/^\| ([^|]+) \| [^|]+ \|$/gm)]
    .map((row) => (row[1] ?? '').replace(/\(.*?\)/g, ''))
    .flatMap((cell) => cell.split(/, | and /))
    .map((word) => word.trim())
    .filter((word) => !['Word', '---', ''].includes(word));
  expect(words.length).toBeGreaterThan(80);
  expect(words.filter((word) => !code.includes(plain(word)))).toEqual([]);
});

/** What the glossary lists behind the colon of a word's meaning. */
function listedUnder(word: string): string[] {
  const row = textOf('docs/glossary.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${word} |`));
  const list = /: ([^.]+)\./.exec(row ?? '')?.[1] ?? '';
  return list.split(/, | or | and /).sort();
}
const inWords = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

it.each([
  ['flag', flagNames.map(inWords)],
  ['strategy', strategyNames],
  ['step', Object.keys(stepTitles)],
  ['labels are', Object.keys(labelsAre)],
  ['kind', jobKinds],
  ['role', roles],
])('the glossary lists under "%s" what the code has', (word, names) => {
  expect(listedUnder(word)).toEqual([...names].sort());
});
