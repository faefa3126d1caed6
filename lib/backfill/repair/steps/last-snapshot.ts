import { takeSnapshots } from '@/lib/active-days/take-snapshots';
import { selectItems } from '../../state/sql/items';
import { type Drive, tablesOf } from './drive';

/** Active Days after the run, with its last day. */
export async function lastSnapshot(drive: Drive): Promise<void> {
  const { ctx, row } = drive;
  const items = await ctx.db.query(selectItems, { runId: row.runId });
  if (items.some((item) => item.id !== row.itemId && item.state.status === 'planned')) return;
  // NOTE: truth that moved on during the run only moves what is expected.
  await takeSnapshots(ctx, {
    runId: row.runId,
    phases: ['expected', 'after'],
    scope: row.runScope,
    tables: await tablesOf(drive),
  });
}
