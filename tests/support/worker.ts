import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { type TestContext, type TestContextOptions, testContext } from './context';

/** A context whose repairs this process works on until it is closed. */
export async function workingContext(options: Omit<TestContextOptions, 'process'> = {}): Promise<TestContext> {
  const ctx = await testContext({ ...options, process: 'worker' });
  const stop = new AbortController();
  await workBackfills(ctx, stop.signal);
  return {
    ...ctx,
    async close() {
      stop.abort(new Error('the test is over'));
      await ctx.close();
    },
  };
}

/** The environment in which relabel Jobs do what `labelerDoes` said last, the real labeler's work when it said ''. */
export const stubbedLabeler = { SLC_LABELER_COMMAND: `${process.execPath} tests/support/labeler-stub.mjs` };

export const labelerDoes = (ctx: TestContext, mode: string): void =>
  writeFileSync(join(ctx.config.dataDir, 'labeler-mode'), mode);
