// @ts-check
import { execFileSync } from 'node:child_process';

/**
 * The commit of a clone. It is empty outside a clone; the image gets it as SLC_COMMIT.
 * @param {string} folder
 */
export function commitOf(folder) {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
