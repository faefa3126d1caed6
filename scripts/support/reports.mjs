// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './run.mjs';

/**
 * What a part of `npm test` came to. `failures` and `retried` hold one line a test: its file, its name and why, as the
 * first attempt told it. `retried` passed at a later attempt and count as passed.
 *
 * @typedef {{ passed: number, failed: number, note?: string, failures?: string[], retried?: string[] }} Outcome
 */

/** A part that counts no tests of its own. @param {number} code its exit code @returns {Outcome} */
export const one = (code) => (code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/** @param {string | undefined} message */
function reasonOf(message) {
  const [first = '', ...more] = stripVTControlCharacters(message ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const locator = more.find((line) => line.startsWith('Locator:'));
  return `${first}${locator ? ` ${locator}` : ''}`.slice(0, 300);
}

/**
 * Reads vitest's JSON report.
 * @param {string} path
 * @param {number} code vitest's exit code: a run that ended badly without a failed test counts as one failure
 * @returns {Outcome}
 */
export function vitestOutcome(path, code) {
  if (!existsSync(path)) return { ...one(1), note: 'it ended without a report' };
  /** @type {import('vitest/node').JsonTestResults} */
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const failures = [];
  const retried = [];
  for (const suite of report.testResults) {
    const file = relative(root, suite.name);
    if (suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'))
      failures.push(`${file}: ${reasonOf(suite.message)}`);
    for (const test of suite.assertionResults) {
      const [why] = test.failureMessages ?? [];
      if (test.status === 'failed') failures.push(`${file}: ${test.fullName}: ${reasonOf(why)}`);
      else if (test.status === 'passed' && why) retried.push(`${file}: ${test.fullName}: ${reasonOf(why)}`);
    }
  }
  const failed = report.numFailedTests || (code === 0 ? 0 : Math.max(1, report.numFailedTestSuites));
  if (report.numPassedTests + failed === 0) return { ...one(1), note: 'it found no tests' };
  return { passed: report.numPassedTests, failed, failures, retried };
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
        const error = test.results.map((result) => result.error?.message).find(Boolean);
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
 * @param {(Outcome & { name: string, seconds: number })[]} rows
 * @returns {string}
 */
export function summary(rows) {
  const lines = rows.map(({ name, passed, failed, seconds, note }) => {
    const numbers = `${String(passed).padStart(5)} passed ${String(failed).padStart(4)} failed ${seconds.toFixed(1).padStart(8)} s`;
    return `${name.padEnd(10)}${numbers}${note ? `   ${note}` : ''}`;
  });
  for (const { name, retried = [] } of rows)
    for (const test of retried) lines.push(`passed at a later attempt: ${name}: ${test}`);
  for (const { name, failures = [] } of rows) for (const test of failures) lines.push(`FAILED: ${name}: ${test}`);
  const sum = (/** @type {'passed' | 'failed'} */ key) => rows.reduce((total, row) => total + row[key], 0);
  return `${lines.join('\n')}\n${sum('passed')} passed, ${sum('failed')} failed\n`;
}
