import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { linkOf, slugOf } from '@/lib/help/document-model';
import { helpDocuments } from '@/lib/help/documents-model';
import { readDocument } from '@/lib/help/read-document';

const names = readdirSync('docs')
  .filter((name) => name.endsWith('.md'))
  .map((name) => name.slice(0, -3));

it('Help lists every document of docs/', () => {
  expect(helpDocuments.map(({ name }) => name).sort()).toEqual(names.sort());
});

it('a link of a document leads to a page of Help, with its heading, or to nothing where only a checkout has it', () => {
  expect(linkOf('repair.md#the-states', ['glossary'])).toBe('/help/repair#the-states');
  expect(linkOf('decisions/0005-newest-row-and-open-ends.md', ['glossary'])).toBe(
    '/help/decisions/0005-newest-row-and-open-ends',
  );
  expect(linkOf('../notifications.md', ['decisions', '0008-a-message-of-unknown-outcome'])).toBe('/help/notifications');
  expect(linkOf('#words', ['glossary'])).toBe('#words');
  expect(linkOf('../CHANGELOG.md', ['operations'])).toBeNull();
  expect(linkOf('screenshot.png', ['operations'])).toBeNull();
  expect(linkOf('https://kubernetes.io/docs', ['operations'])).toBe('https://kubernetes.io/docs');
  expect(slugOf('What increments missed')).toBe('what-increments-missed');
});

it('only files of docs/ are documents', async () => {
  expect(await readDocument(['glossary'])).toBe(readFileSync('docs/glossary.md', 'utf8'));
  for (const path of [['..', 'package'], ['.'], ['../README'], ['nothing'], ['decisions', 'x', 'y'], ['glossary\0']])
    expect(await readDocument(path), path.join('/')).toBeNull();
});
