import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { selectWork } from '@/lib/backfill/state/sql/items';
import type { Context } from '@/lib/context';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, reached, start } from '../../support/repair';

describe('a day that somebody else writes to', () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await testContext({ process: 'worker' });
  });
  afterAll(() => ctx?.close());

  /** Right after the day was read for the `at`th time, another worker that was taken for dead makes it its own. */
  function interrupted(at: number): { ctx: Context; interrupts: () => number } {
    let reads = 0;
    const query = async (statement: typeof selectWork, params: { itemId: string }) => {
      const rows = await ctx.db.query(statement, params);
      if (statement.name === selectWork.name) {
        reads += 1;
        if (reads === at)
          await ctx.db.pool.query('UPDATE backfill_items SET version = version + 1, owner = $2 WHERE id = $1', [
            params.itemId,
            '00000000-0000-4000-8000-000000000000',
          ]);
      }
      return rows;
    };
    return {
      ctx: { ...ctx, db: { ...ctx.db, query: query as Context['db']['query'] } },
      interrupts: () => (reads >= at ? 1 : 0),
    };
  }

  it.each([
    ['while it is being taken', 1],
    ['between two of its steps', 3],
  ])('is taken again by the one whose queue job it is: %s', async (_, at) => {
    const stop = new AbortController();
    const other = interrupted(at);
    const runId = await start(ctx, dayOfIncident(await incidentOf(ctx)));
    await workBackfills(other.ctx, stop.signal);
    try {
      const run = await reached(ctx, runId, ['verified'], 60_000);
      expect(other.interrupts()).toBe(1);
      expect(run.units[0]?.steps.filter((step) => step.status === 'done')).toHaveLength(7);
    } finally {
      stop.abort(new Error('the test is over'));
    }
  });
});
