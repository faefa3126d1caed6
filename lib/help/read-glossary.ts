import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GlossaryEntry, glossaryOf } from './model';

let known: Promise<GlossaryEntry[]> | undefined;

/** The words of this console, from docs/glossary.md of this release. The web process runs in the folder that holds it. */
export function readGlossary(): Promise<GlossaryEntry[]> {
  known ??= readFile(join(/* turbopackIgnore: true */ process.cwd(), 'docs', 'glossary.md'), 'utf8').then(glossaryOf);
  known.catch(() => {
    known = undefined;
  });
  return known;
}
