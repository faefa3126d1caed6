import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles entries of `bin/` as `scripts/build.mjs` does, into its own folder inside the tree, where the libraries
 * are found.
 */
export async function bundle(names: string[]): Promise<{ distDir: string; remove(): void }> {
  const state = resolve('tests/.state');
  mkdirSync(state, { recursive: true });
  const distDir = mkdtempSync(`${state}/dist-`);
  await build({
    entryPoints: names.map((name) => `bin/${name}.ts`),
    outdir: distDir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '@': resolve('.') },
    logLevel: 'error',
  });
  return { distDir, remove: () => rmSync(distDir, { recursive: true, force: true }) };
}
