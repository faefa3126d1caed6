// @ts-check
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { bin, root, run } from './run.mjs';

/**
 * The result of a part of `npm test`. `failures` and `retried` hold one line for each test: its file, its name and why its
 * first attempt failed. Those in `retried` passed at a later attempt and count as passed.
 *
 * @typedef {{ passed: number, failed: number, note?: string, failures?: string[], retried?: string[] }} Outcome
 */

/** The outcome of a part that does not count tests. @param {number} code its exit code @returns {Outcome} */
export const one = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * The reason of a failure in a line: its message's first line, the locator of a browser test or the seed of a property,
 * and its cause.
 * @param {{ message?: string, cause?: unknown } | undefined} error
 * @returns {string}
 */
export function reasonOf(error) {
  const [first = '', ...more] = stripVTControlCharacters(error?.message ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const detail = more.find((line) => /^(Locator:|\{ seed:)/.test(line));
  const cause = /** @type {{ message?: string } | undefined} */ (error?.cause);
  return [first, detail, cause?.message && `Caused by: ${reasonOf(cause)}`].filter(Boolean).join(' ').slice(0, 400);
}

/**
 * Runs a project of vitest. Its outcome is what the reporter `vitest-outcome.mjs` writes.
 * @param {string} project
 * @returns {Promise<Outcome>} a run that failed without reporting a failure counts as one failure
 */
export async function runVitest(project) {
  const folder = mkdtempSync(join(tmpdir(), 'slc-outcome-'));
  const file = join(folder, `${project}.json`);
  try {
    const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'support', 'vitest-outcome.mjs')}`];
    const args = ['run', '--project', project, ...reporters];
    const code = await run(bin('vitest'), args, { env: { SLC_TEST_OUTCOME: file } });
    if (!existsSync(file)) return { ...one(1), note: 'it ended without a report' };
    /** @type {Outcome} */
    const outcome = JSON.parse(readFileSync(file, 'utf8'));
    if (outcome.passed + outcome.failed === 0) return { ...one(1), note: 'it found no tests' };
    if (code !== 0 && outcome.failed === 0) return { ...outcome, failed: 1, note: `vitest ended with code ${code}` };
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Reads Playwright's JSON report.
 * @param {string} path
 * @param {number} code Playwright's exit code
 * @returns {Outcome}
 */
export function playwrightOutcome(path, code) {
  if (!existsSync(path)) return { ...one(1), note: 'it ended without a report' };
  /** @type {import('@playwright/test/reporter').JSONReport} */
  const report = JSON.parse(readFileSync(path, 'utf8'));
  /** @type {string[]} */
  const failures = [];
  /** @type {string[]} */
  const retried = [];
  /** @param {import('@playwright/test/reporter').JSONReportSuite} suite */
  const visit = (suite) => {
    for (const spec of suite.specs ?? [])
      for (const test of spec.tests) {
        const error = test.results.map((result) => result.error).find(Boolean);
        const line = `${spec.file}: ${spec.title}: ${reasonOf(error)}`;
        if (test.status === 'unexpected') failures.push(line);
        if (test.status === 'flaky') retried.push(line);
      }
    for (const inner of suite.suites ?? []) visit(inner);
  };
  for (const suite of report.suites ?? []) visit(suite);
  const { expected, flaky, unexpected } = report.stats;
  return { passed: expected + flaky, failed: unexpected || (code === 0 ? 0 : 1), failures, retried };
}

/**
 * The table, the failures by name, and as the last line `N passed, N failed`.
 * @param {import('./parts.mjs').Row[]} rows
 * @returns {string}
 */
export function summary(rows) {
  const lines = rows.map(({ name, passed, failed, seconds, cpuSeconds, note }) => {
    const numbers = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(8)} s`;
    const cpu = cpuSeconds === undefined ? '' : `${cpuSeconds.toFixed(0).padStart(7)} s of processors`;
    return `${name.padEnd(10)}${numbers}${cpu}${note ? `   ${note}` : ''}`;
  });
  for (const { name, retried = [] } of rows)
    for (const test of retried) lines.push(`passed at a later attempt: ${name}: ${test}`);
  for (const { name, failures = [] } of rows) for (const test of failures) lines.push(`FAILED: ${name}: ${test}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => rows.reduce((total, row) => total + row[key], 0);
  return `${lines.join('\n')}\n${sum('passed')} passed, ${sum('failed')} failed\n`;
}
