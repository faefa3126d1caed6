import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The Markdown of a document of docs/ by its path without ".md", such as ['decisions', '0004-...']; null if there is none.
 * The web process runs in the folder that holds docs/, in a checkout as in the image.
 */
export async function readDocument(path: readonly string[]): Promise<string | null> {
  if (path.length > 2 || !path.every((part) => /^[a-z0-9][a-z0-9-]{0,80}$/.test(part))) return null;
  const file = join(/* turbopackIgnore: true */ process.cwd(), 'docs', `${path.join('/')}.md`);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
