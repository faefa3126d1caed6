import { takeSnapshot } from '@/lib/active-days/take-snapshot';
import { selectItems } from '../../state/sql/items';
import type { Drive } from './drive';

/** Active Days after the run, with its last day. */
export async function lastSnapshot({ ctx, row }: Drive): Promise<void> {
  const items = await ctx.db.query(selectItems, { runId: row.runId });
  if (items.some((item) => item.id !== row.itemId && item.state.status === 'planned')) return;
  // NOTE: truth that moved on during the run only moves what is expected.
  await Promise.all([
    takeSnapshot(ctx, { runId: row.runId, phase: 'expected', scope: row.runScope }),
    takeSnapshot(ctx, { runId: row.runId, phase: 'after', scope: row.runScope }),
  ]);
}
