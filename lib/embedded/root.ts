import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder, from the sources as well as from a bundle in `dist`. */
export function repositoryRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'package.json'))) return at;
  }
  throw new Error('There is no package.json above this program.');
}

export const migrationsFolder = () => join(repositoryRoot(), 'lib', 'postgres', 'migrations');
