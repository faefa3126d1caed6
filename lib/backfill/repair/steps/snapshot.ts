import { takeSnapshots } from '@/lib/active-days/take-snapshots';
import { selectItems } from '../../state/sql/items';
import { states } from '../../state/states';
import { pathOf, stepsOf } from '../../state/ways';
import { begin } from '../run-job';
import { type Step, tablesOf } from './drive';
import { recordWhy } from './record-why';

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
    await takeSnapshots(ctx, {
      runId: row.runId,
      phases: ['before', 'expected'],
      scope: row.runScope,
      tables: await tablesOf(drive),
    });
    // The last thing of the step, so that what fails before does not repeat it.
    if (row.strategy !== 'undo') await recordWhy(drive);
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
