// @ts-check
import { join } from 'node:path';
import { install, requireNode } from './support/install.mjs';
import { root, run } from './support/run.mjs';

/**
 * `npm run bench [-- name... [--option value...]]`: detection, clickhouse, console, estimate, units, campaign, watch,
 * overview, export, retention, first-load, pages. Each prints its table; the last line is one JSON object with all
 * results. The ratios are valid on
 * any machine, the milliseconds only on this one.
 */
const names = [
  'detection',
  'clickhouse',
  'console',
  'estimate',
  'units',
  'campaign',
  'watch',
  'overview',
  'export',
  'retention',
  'first-load',
  'pages',
];
/** These run on a whole console. */
const onStacks = ['console', 'estimate', 'units', 'overview', 'export', 'pages'];

requireNode();
process.chdir(root);
const words = process.argv.slice(2);
const firstOption = words.findIndex((word) => word.startsWith('--'));
const asked = firstOption < 0 ? words : words.slice(0, firstOption);
const options = firstOption < 0 ? [] : words.slice(firstOption);
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no bench "${unknown.join(', ')}". Benches: ${names.join(', ')}.\n`);
  process.exit(2);
}
await install();
const { buildBundles, buildWeb } = await import('./build.mjs');
await buildBundles(['bin', 'bench']);

/** @type {Record<string, unknown>} */
const results = {};
let failed = 0;
for (const name of names.filter((each) => asked.length === 0 || asked.includes(each))) {
  process.stdout.write(`\n== ${name}\n`);
  if (name === 'campaign') await buildWeb();
  const code =
    name === 'first-load' ? await firstLoad() : onStacks.includes(name) ? await onStack(name) : await bench(name, {});
  if (code !== 0) failed += 1;
}
process.stdout.write(`\n${JSON.stringify(results)}\n`);
process.exit(failed > 0 ? 1 : 0);

/** Runs one bench, shows its table and keeps its line of JSON. @param {string} name @param {Record<string, string>} env */
async function bench(name, env) {
  let rest = '';
  const keep = (/** @type {string} */ line) => {
    if (line.startsWith('{')) results[name] = JSON.parse(line);
    else process.stdout.write(`${line}\n`);
  };
  const code = await run(
    process.execPath,
    ['--experimental-websocket', join(root, 'dist', `bench-${name}.mjs`), ...options],
    {
      env,
      quiet: true,
      onOutput: (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) keep(line);
      },
    },
  );
  if (rest) keep(rest);
  return code;
}

/** Builds the pages with source maps, and says what the first visit of each loads, and of which packages it is. */
async function firstLoad() {
  const { firstLoadMostKb, firstLoads, kbByPackage } = await import('./support/first-load.mjs');
  await buildWeb({ withMaps: true });
  const next = join(root, '.next');
  const loads = firstLoads(next);
  for (const { page, kb, files } of loads)
    process.stdout.write(`${page.padEnd(44)}${kb.toFixed(1).padStart(8)} kB in ${files.length} files\n`);
  const [largest] = loads;
  if (!largest) return 1;
  process.stdout.write(`\nof ${largest.page}:\n`);
  for (const [name, kb] of kbByPackage(next, largest.files).slice(0, 30))
    process.stdout.write(`${name.padEnd(44)}${kb.toFixed(1).padStart(8)} kB\n`);
  results['first-load'] = Object.fromEntries(loads.map(({ page, kb }) => [page, Math.round(kb * 10) / 10]));
  return largest.kb <= firstLoadMostKb ? 0 : 1;
}

/** @param {string} name */
async function onStack(name) {
  await buildWeb();
  const { startStack } = await import('./support/stack.mjs');
  const scans = name === 'overview' ? { SLC_SCAN_EVERY_MINUTES: '0' } : {};
  const env = { SLC_LOG_LEVEL: 'warn', SLC_APPROVAL_ROWS: '10000000', ...scans };
  const stack = await startStack({ env });
  try {
    process.stdout.write(`ready after ${(stack.readyMs / 1_000).toFixed(1)} s, demo data and first scans included\n`);
    return await bench(name, { ...env, SLC_DATA_DIR: stack.dataDir });
  } finally {
    await stack.stop();
  }
}
