// @ts-check
import { execFileSync } from 'node:child_process';

/**
 * The commit of a clone; empty outside of one, as in the image, which gets it as SLC_COMMIT.
 * @param {string} folder
 */
export function commitOf(folder) {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}
