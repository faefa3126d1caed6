import { takeSnapshot } from '@/lib/active-days/take-snapshot';
import { selectItems } from '../../state/sql/items';
import { states } from '../../state/states';
import { pathOf, stepsOf } from '../../state/strategies';
import { begin } from '../run-job';
import type { Step } from './drive';

/**
 * Active Days of the whole run as they stand and as the truth expects them, with its first day; a day after that has
 * nothing left to keep. Taking `before` again changes nothing.
 */
export const snapshotStep: Step = async (drive) => {
  const { ctx, row } = drive;
  await begin(drive, 'snapshot');
  const path = pathOf(row.state);
  const steps = stepsOf(row.state.strategy);
  const items = await ctx.db.query(selectItems, { runId: row.runId });
  const first = items.find((item) => item.state.status !== 'skipped')?.id === row.itemId;
  if (first) {
    await Promise.all([
      takeSnapshot(ctx, { runId: row.runId, phase: 'before', scope: row.runScope }),
      takeSnapshot(ctx, { runId: row.runId, phase: 'expected', scope: row.runScope }),
    ]);
  }
  return {
    event: { kind: 'snapshot taken' },
    sentence: first
      ? 'Active Days before the repair and as the truth expects them are stored.'
      : 'Active Days were stored with the run’s first day.',
    marks: path.includes('backing up') ? [] : ['relabel'],
    also: steps
      .filter((step) => !path.some((status) => states[status].step === step))
      .map((step) => ({ step, status: 'skipped', sentence: 'The unit has no label rows, so nothing is deleted.' })),
  };
};
