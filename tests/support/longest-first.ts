import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By how long they take, so that no worker still has one at the end. Two that run many Jobs are not neighbours. */
const longest = [
  'backfill/kill.test.ts',
  'backfill/column-kinds.test.ts',
  'backfill/kill-strategies.test.ts',
  'backfill/passing-statements.test.ts',
  'backfill/cancel.test.ts',
  'cli/cli.test.ts',
  'backfill/control.test.ts',
  'backfill/undo.test.ts',
  'backfill/rows-left.test.ts',
  'labeler/labeler-command.test.ts',
];

/** Begins with the longest engine tests. Vitest knows the durations of an earlier run only, and a new clone has none. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((path) => moduleId.endsWith(`tests/engine/${path}`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
