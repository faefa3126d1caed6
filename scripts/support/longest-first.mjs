// @ts-check
import { BaseSequencer } from 'vitest/node';

/** The longest engine tests, longest first. Two that run many Jobs at a time are not neighbours. */
const longest = [
  'backfill/kill.test.ts',
  'backfill/column-kinds.test.ts',
  'backfill/kill-strategies.test.ts',
  'cli/cli.test.ts',
  'backfill/passing-statements.test.ts',
  'backfill/cancel.test.ts',
  'backfill/control.test.ts',
  'backfill/undo.test.ts',
  'backfill/rows-left.test.ts',
  'labeler/labeler-command.test.ts',
];

/**
 * Begins with the longest engine tests, so that no worker has one left at the end. Vitest knows only the durations of an
 * earlier run, and a new clone has none.
 */
export class LongestFirst extends BaseSequencer {
  /** @override @param {import('vitest/node').TestSpecification[]} files */
  async sort(files) {
    const place = (/** @type {import('vitest/node').TestSpecification} */ { moduleId }) => {
      const at = longest.findIndex((path) => moduleId.endsWith(`tests/engine/${path}`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
