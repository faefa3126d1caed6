// @ts-check
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { reasonOf } from './reports.mjs';
import { root } from './run.mjs';

/**
 * A reporter of vitest that writes the outcome of the run as JSON into the file that `SLC_TEST_OUTCOME` names. Errors
 * outside of tests (a hook, a rejection that nobody awaited) also fail a run, so they are listed as failures.
 *
 * @implements {import('vitest/node').Reporter}
 */
export default class OutcomeReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly import('vitest/node').SerializedError[]} unhandled
   */
  onTestRunEnd(modules, unhandled) {
    let passed = 0;
    const failures = unhandled.map((error) => `outside the tests: ${reasonOf(error)}`);
    /** @type {string[]} */
    const retried = [];
    for (const module of modules) {
      const file = relative(root, module.moduleId);
      for (const part of [module, ...module.children.allSuites()])
        for (const error of part.errors()) failures.push(`${file}: ${reasonOf(error)}`);
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        const line = () => `${file}: ${test.fullName}: ${reasonOf(errors[0])}`;
        if (state === 'passed') passed += 1;
        if (state === 'failed') failures.push(line());
        else if (state === 'passed' && errors.length > 0) retried.push(line());
      }
    }
    process.stdout.write(slowest(modules));
    writeFileSync(
      `${process.env.SLC_TEST_OUTCOME}`,
      JSON.stringify({ passed, failed: failures.length, failures, retried }),
    );
  }
}

/**
 * The files that took longest, in seconds: how long the file's tests and hooks took, and how long its modules took to
 * load.
 * @param {readonly import('vitest/node').TestModule[]} modules
 */
function slowest(modules) {
  const seconds = (/** @type {number} */ ms) => (ms / 1_000).toFixed(1).padStart(8);
  const lines = modules
    .map((module) => ({ file: relative(root, module.moduleId), ...module.diagnostic() }))
    .sort((a, b) => b.duration - a.duration)
    .slice(0, 10)
    .map(
      ({ file, duration, collectDuration }) =>
        `${seconds(duration)} s, loaded in ${seconds(collectDuration)} s  ${file}\n`,
    );
  return `\nThe files that took longest:\n${lines.join('')}`;
}
