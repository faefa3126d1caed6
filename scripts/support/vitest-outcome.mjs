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
    writeFileSync(
      `${process.env.SLC_TEST_OUTCOME}`,
      JSON.stringify({ passed, failed: failures.length, failures, retried }),
    );
  }
}
