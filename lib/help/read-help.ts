import type { Config } from '@/lib/config';
import { release } from '@/lib/config';
import { type GlossaryEntry, glossaryOf, type Help } from './model';
import { readDocument } from './read-document';

let known: Promise<GlossaryEntry[]> | undefined;

/** The words of docs/glossary.md of this release, whom to ask, and the release. */
export async function readHelp({ config }: { config: Pick<Config, 'help'> }): Promise<Help> {
  known ??= readDocument(['glossary']).then((text) => glossaryOf(text ?? ''));
  known.catch(() => {
    known = undefined;
  });
  return { words: await known, contact: config.help.contact, version: release.version, commit: release.commit };
}
