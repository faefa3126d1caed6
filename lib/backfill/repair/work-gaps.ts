import type { Context } from '@/lib/context';
import { readTables } from '@/lib/customers/read-tables';
import { atIntervals } from '@/lib/poll';
import { lookAtDelete } from './look-at-delete';
import { saveGap, selectUnlookedDays } from './sql/gaps';

const everyMs = 15_000;

/**
 * Looks at the days that stopped after a delete whose end nobody saw, and writes down since when their labels are
 * missing. Returns when `signal` aborts.
 */
export async function workGaps(ctx: Context, signal: AbortSignal): Promise<void> {
  const look = () => lookAtStopped(ctx);
  await atIntervals(everyMs, signal, look, (error) =>
    ctx.log.warn({ err: error }, 'stopped days could not be looked at'),
  );
}

/** One look at all of them. */
export async function lookAtStopped(ctx: Pick<Context, 'db' | 'clickhouse' | 'config'>): Promise<void> {
  for (const { itemId, ...unit } of await ctx.db.query(selectUnlookedDays)) {
    const missing = await lookAtDelete(ctx, { ...unit, tables: await readTables(ctx, unit.scope) });
    if (!missing) continue;
    const { sinceMs, deleted, left } = missing;
    await ctx.db.query(saveGap, {
      itemId,
      sinceMs,
      evidence: JSON.stringify({ deletedRows: deleted, rowsLeft: left }),
    });
  }
}
