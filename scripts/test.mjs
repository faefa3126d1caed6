// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { install, requireNode } from './support/install.mjs';
import { isApart, runHere, runLanes } from './support/parts.mjs';
import { ensurePrograms } from './support/programs.mjs';
import { one, playwrightOutcome, runVitest, summary } from './support/reports.mjs';
import { bin, root, run } from './support/run.mjs';

/**
 * `npm test [-- part...]`: every part, even after one failed. Prints a summary and, as the last line,
 * `N passed, N failed`; a part that does not count tests counts as one. Exit code 1 if anything failed. Several
 * parts run as separate processes `npm test -- part`.
 *
 * @typedef {import('./support/reports.mjs').Outcome} Outcome
 */
const state = join(root, 'tests', '.state');

/** @type {import('./support/parts.mjs').Part[]} */
const parts = [
  { name: 'lint', run: async () => one(await run(bin('biome'), ['check', '.'])) },
  {
    name: 'types',
    run: async () => {
      const code = await run(bin('next'), ['typegen']);
      return one(code === 0 ? await run(bin('tsc'), ['--noEmit']) : code);
    },
  },
  {
    name: 'build',
    run: async () => {
      const { buildBundles, buildWeb } = await import('./build.mjs');
      await buildBundles();
      await buildWeb();
      return one(0);
    },
  },
  {
    name: 'unit',
    run: async () => {
      await ensurePrograms(['promtool']);
      return runVitest('unit');
    },
  },
  {
    name: 'engine',
    run: async () => {
      await ensurePrograms(['openssl', 'pgbouncer', 'promtool']);
      return runVitest('engine');
    },
  },
  { name: 'stack', run: () => runVitest('stack') },
  { name: 'e2e', run: e2e },
  { name: 'faults', run: faults },
  {
    name: 'cluster',
    run: async () => {
      const { runClusterTests } = await import(join(root, 'tests', 'cluster', 'run.mjs'));
      return runClusterTests();
    },
  },
];

/** What runs side by side, each lane about as long as the other. Kubernetes mostly waits, so it begins beside the engine. */
const lanes = [['engine'], ['cluster', 'e2e', 'unit', 'stack', 'faults']];

/** A short storm; a longer one is `npm run faults`. @returns {Promise<Outcome>} */
async function faults() {
  const args = ['--seed', '2328', '--minutes', '0.5', '--customers', '2'];
  return one(await run(process.execPath, [join(root, 'scripts', 'faults.mjs'), ...args]));
}

/** One stack for every browser test. @returns {Promise<Outcome>} */
async function e2e() {
  const [{ ensureChromium }, { startStack }] = await Promise.all([
    import('./support/chromium.mjs'),
    import('./support/stack.mjs'),
  ]);
  const chromium = await ensureChromium();
  const report = join(state, 'e2e.json');
  rmSync(report, { force: true });
  const stack = await startStack();
  try {
    const code = await run(bin('playwright'), ['test', '--reporter=list,json'], {
      env: {
        BASE_URL: stack.url,
        SLC_DATA_DIR: stack.dataDir,
        CHROMIUM_PATH: chromium,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      },
    });
    return playwrightOutcome(report, code);
  } finally {
    await stack.stop();
  }
}

requireNode();
process.chdir(root);
mkdirSync(state, { recursive: true });
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part "${unknown.join(', ')}". Parts: ${parts.map((part) => part.name).join(', ')}.\n`,
  );
  process.exit(2);
}
await install();
const only = asked.length === 1 && parts.find(({ name }) => name === asked[0]);
const chosen = parts.map(({ name }) => name).filter((name) => asked.length === 0 || asked.includes(name));
const rows = only ? [await runHere(only)] : await runLanes(chosen, lanes);
if (!isApart) process.stdout.write(`\n${summary(rows)}`);
process.exit(rows.some((row) => row.failed > 0) ? 1 : 0);
