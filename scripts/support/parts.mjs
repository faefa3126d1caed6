// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { one } from './reports.mjs';
import { root, run } from './run.mjs';

/**
 * A line of the summary. `cpuSeconds` is the processor time of all processes that the part started and waited for;
 * absent where the system does not say it.
 *
 * @typedef {import('./reports.mjs').Outcome} Outcome
 * @typedef {{ name: string, run: () => Promise<Outcome> }} Part
 * @typedef {Outcome & { name: string, seconds: number, cpuSeconds?: number }} Row
 */

/** True in the process of a part that `runApart` started. */
export const isApart = process.env.SLC_TEST_ROW !== undefined;

/** Runs a part in this process. @param {Part} part @returns {Promise<Row>} */
export async function runHere({ name, run }) {
  const startedAt = performance.now();
  const outcome = await run().catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return one(1);
  });
  const row = { ...outcome, name, seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: cpuSeconds() };
  if (process.env.SLC_TEST_ROW) writeFileSync(process.env.SLC_TEST_ROW, JSON.stringify(row));
  return row;
}

/**
 * Runs parts, each in a separate process: first those of no lane, since the others need what they build, then the
 * lanes side by side. Output is shown live; in every lane but the first it is shown all at once when a part ends.
 * @param {string[]} names
 * @param {string[][]} lanes
 * @returns {Promise<Row[]>}
 */
export async function runLanes(names, lanes) {
  const first = names.filter((name) => !lanes.flat().includes(name));
  const chosen = lanes.map((lane) => lane.filter((name) => names.includes(name))).filter((lane) => lane.length > 0);
  const rows = await inOrder(first, true);
  const beside = await Promise.all(chosen.map((lane, at) => inOrder(lane, at === 0)));
  return [...rows, ...beside.flat()];
}

/** @param {string[]} names @param {boolean} isShown */
async function inOrder(names, isShown) {
  /** @type {Row[]} */
  const rows = [];
  for (const name of names) rows.push(await runApart(name, isShown));
  return rows;
}

/** @param {string} name @param {boolean} isShown @returns {Promise<Row>} */
async function runApart(name, isShown) {
  const folder = mkdtempSync(join(tmpdir(), 'slc-part-'));
  const file = join(folder, 'row.json');
  const startedAt = performance.now();
  process.stdout.write(`\n== ${name}${isShown ? '' : ' begins; its output is shown when it ends'}\n`);
  let said = '';
  try {
    await run(process.execPath, [join(root, 'scripts', 'test.mjs'), name], {
      env: { SLC_TEST_ROW: file },
      quiet: !isShown,
      onOutput: (text) => {
        if (!isShown) said += text;
      },
    });
    if (!isShown) process.stdout.write(`\n== ${name} has ended; it said:\n${said}== end of the output of ${name}\n`);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    return { ...one(1), name, note: 'it ended without a result', seconds: (performance.now() - startedAt) / 1_000 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The processor time of the children that this process has waited for, theirs included. */
function cpuSeconds() {
  if (process.platform !== 'linux') return undefined;
  const ofChildren = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
    .slice(13, 15);
  return ofChildren.reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
}
