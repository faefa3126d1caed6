// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * One hash over the names and contents of files and folders, without hidden files and node_modules.
 * @param {string} root
 * @param {string[]} paths
 */
export function hashOf(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((each) => filesOf(root, each)).sort()) {
    hash.update(`${path}\n`).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {string[]} */
function filesOf(root, path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((name) => filesOf(root, join(path, name)));
}

/** @param {string} marker @param {string} hash */
export const isMarked = (marker, hash) => existsSync(marker) && readFileSync(marker, 'utf8') === hash;

/** @param {string} marker @param {string} hash */
export const mark = (marker, hash) => writeFileSync(marker, hash);
