// @ts-check
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitOf } from './support/commit.mjs';
import { hashOf, isMarked, mark } from './support/hash.mjs';
import { root, run } from './support/run.mjs';

const webSources = [
  'app',
  'components',
  'lib',
  'public',
  'proxy.ts',
  'instrumentation.ts',
  'next.config.js',
  'postcss.config.js',
  'tsconfig.json',
  'package-lock.json',
];

/**
 * Bundles `bin/*.ts` into `dist/*.mjs`, and `bench/*.ts` into `dist/bench-*.mjs` for `npm run bench`, without packages.
 * It takes a fraction of a second, so it always runs. A bundle that did not change is not written. A changed one is
 * replaced by a rename, since other processes may be starting from it. Throws at the end if one could not be bundled.
 * @param {string[]} [folders]
 */
export async function buildBundles(folders = ['bin']) {
  const entries = folders.flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter((name) => name.endsWith('.ts'))
          .map((name) => join(root, folder, name))
      : [],
  );
  const outcomes = await Promise.allSettled(entries.map(bundle));
  await (await import('esbuild')).stop();
  const faults = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [String(outcome.reason)] : []));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

/** @param {string} entry */
async function bundle(entry) {
  const { build } = await import('esbuild');
  const outdir = join(root, 'dist');
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir,
    entryNames: entry.startsWith(join(root, 'bench')) ? 'bench-[name]' : '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@': root },
    // A log shows the class names of errors.
    keepNames: true,
    define: { 'process.env.SLC_BUILT_COMMIT': JSON.stringify(commitOf(root)) },
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  mkdirSync(outdir, { recursive: true });
  for (const { path, contents } of result.outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue;
    const partial = `${path}.${process.pid}.partial`;
    writeFileSync(partial, contents);
    renameSync(partial, path);
  }
}

/** The same, but only if the sources have changed since the last time, for commands that start often. */
export async function buildChangedBundles() {
  const marker = join(root, 'dist', '.built-from');
  const hash = hashOf(root, ['bin', 'lib', 'package-lock.json']);
  if (isMarked(marker, hash)) return;
  await buildBundles();
  mark(marker, hash);
}

/**
 * Builds the pages if their sources have changed since the last successful build. Returns whether it built. `withMaps`
 * builds them in any case, with the source maps of what browsers load, and the next build replaces that.
 * @param {{ withMaps?: boolean }} [how]
 */
export async function buildWeb({ withMaps = false } = {}) {
  const marker = join(root, '.next', 'built-from');
  const hash = hashOf(root, webSources);
  if (!withMaps && isMarked(marker, hash)) return false;
  rmSync(marker, { force: true });
  rmSync(join(root, '.next', 'dev', 'types'), { recursive: true, force: true });
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  const code = await run(process.execPath, [next, 'build'], {
    env: { NODE_ENV: 'production', ...(withMaps && { SLC_SOURCE_MAPS: 'yes' }) },
  });
  if (code !== 0) throw new Error(`The pages could not be built: "next build" ended with ${code}.`);
  if (!withMaps) mark(marker, hash);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildBundles();
  if (!process.argv.includes('--bundles')) await buildWeb();
}
