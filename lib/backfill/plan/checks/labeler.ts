import { agree, count } from '@/lib/words';
import { strategies } from '../../state/strategies';
import { relabelSpec } from '../job-specs';
import { labelerRange } from '../labeler-range';
import { accepted } from './accepted';
import { type Check, fail, pass, unknown } from './input';

export const scheduledLabelerCheck: Check = {
  id: 'labeler-running',
  title: 'The scheduled labeler is not running',
  async look(ctx) {
    const { running, sentence } = await (await ctx.launcher()).scheduledLabelerRunning();
    if (running === null)
      return unknown(`${sentence} Look yourself, and confirm that no labeler runs.`, { running: -1 });
    return running
      ? fail(`${sentence} 1 labeler runs: wait until it is done, or it writes into what is deleted.`, { running: 1 })
      : pass(sentence, { running: 0 });
  },
};

export const jobAcceptedCheck: Check = {
  id: 'job-accepted',
  title: 'The relabel Job is accepted',
  async look(ctx, { scope, units: days }) {
    const spec = relabelSpec(ctx.config, scope, {
      runId: 'preview',
      itemId: 'preview',
      unit: scope.fromDay,
      attempt: 1,
    });
    return accepted(ctx, spec, days.length);
  },
};

/** The labeler must select by the column that the delete selects by. */
export const rangeColumnCheck: Check = {
  id: 'range-column',
  title: 'The labeler’s range selects what is deleted',
  async look(ctx, { strategy, scope, tables }) {
    if (ctx.config.labeler.rangeColumn === 'created_at')
      return pass('The labeler’s range applies to the start of a chat, as the delete’s does: 0 differences.', {
        differ: 0,
      });
    if (strategies[strategy].deletes === 'every row')
      return fail(
        'The deployed labeler selects by the end of a chat, so a delete by start and its relabel would differ. Use "no-gap".',
        { differ: 1 },
      );
    const { others } = await labelerRange(ctx, scope, tables);
    const numbers = { differ: 0, others };
    if (others === 0)
      return pass(
        'The labeler selects by the end of a chat and gets the hours in which these conversations ended: 0 others ended then.',
        numbers,
      );
    const mutable = tables.labels.keyIsMutable
      ? ' Where such a label is stale, it becomes a duplicate until its own day is repaired.'
      : '';
    return unknown(
      `The labeler selects by the end of a chat, and ${count(others, 'conversation')} of other days ended in the same hours: ${agree(others, 'it is', 'they are')} written again too.${mutable} Confirm that they may.`,
      numbers,
    );
  },
};
