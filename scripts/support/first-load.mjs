// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bytesBySource } from './source-map.mjs';

/** The most JavaScript that a page may load before it can be used, in kB of 1,000 bytes, gzipped as the console sends it. */
export const firstLoadMostKb = 170;

/** @typedef {{ page: string, kb: number, files: string[] }} FirstLoad */

/**
 * What the first visit of each built page loads: the files that its HTML asks for. The polyfills are not counted, since a
 * browser that runs the pages does not load them. Throws where there is no build.
 * @param {string} next The folder of the build.
 * @returns {FirstLoad[]} The largest first.
 */
export function firstLoads(next) {
  const { rootMainFiles } = JSON.parse(readFileSync(join(next, 'build-manifest.json'), 'utf8'));
  const paths = Object.keys(JSON.parse(readFileSync(join(next, 'server', 'app-paths-manifest.json'), 'utf8')));
  return paths
    .filter((path) => path.endsWith('/page'))
    .map((path) => {
      const files = [...new Set([...rootMainFiles, ...filesOf(next, path)])];
      const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(next, file))).length, 0);
      return { page: path.replace(/\/page$/, '').replace(/\/\([a-z]+\)/g, '') || '/', kb: bytes / 1_000, files };
    })
    .sort((a, b) => b.kb - a.kb);
}

/** The files of a page and its layouts. @param {string} next @param {string} path @returns {string[]} */
function filesOf(next, path) {
  const manifest = join(next, 'server', 'app', `${path}_client-reference-manifest.js`);
  if (!existsSync(manifest)) return [];
  const text = readFileSync(manifest, 'utf8');
  const [found] = /\{"[\s\S]*\}/.exec(text.slice(text.lastIndexOf(']='))) ?? ['{}'];
  return Object.values(JSON.parse(found).entryJSFiles ?? {}).flat();
}

/**
 * How many kB of these files come from each package, and from each folder of this repository; of a file, by its share of
 * the code. Needs a build with source maps.
 * @param {string} next @param {string[]} files @returns {[string, number][]} The largest first.
 */
export function kbByPackage(next, files) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const file of files) {
    const code = readFileSync(join(next, file), 'utf8');
    const sources = bytesBySource(join(next, file), code);
    const all = [...sources.values()].reduce((sum, bytes) => sum + bytes, 0) || 1;
    const kb = gzipSync(code).length / 1_000;
    for (const [source, bytes] of sources) {
      const name = packageOf(source);
      sums.set(name, (sums.get(name) ?? 0) + (kb * bytes) / all);
    }
  }
  return [...sums].sort((a, b) => b[1] - a[1]);
}

/** @param {string} source */
function packageOf(source) {
  const packages = [...source.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)/g)];
  const name = packages.at(-1)?.[1];
  if (name === 'next' && source.includes('compiled/react-dom/')) return 'react-dom';
  if (name) return name;
  if (source.includes('[turbopack]')) return 'turbopack';
  return source
    .replace(/^.*\[project\]\//, '')
    .split('/')
    .slice(0, 2)
    .join('/');
}
