import { relabelSpec } from '../job-specs';
import { type Check, fail, pass, unknown } from './input';

export const scheduledLabelerCheck: Check = {
  id: 'labeler-running',
  title: 'The scheduled labeler is not running',
  async look(ctx) {
    const { running, sentence } = await (await ctx.launcher()).scheduledLabelerRunning();
    if (running === null) return unknown(sentence);
    return running ? fail(`${sentence} Wait until it is done.`, { running: 1 }) : pass(sentence, { running: 0 });
  },
};

export const jobAcceptedCheck: Check = {
  id: 'job-accepted',
  title: 'The relabel Job is accepted',
  async look(ctx, { scope }) {
    const spec = relabelSpec(ctx.config, scope, {
      runId: 'preview',
      itemId: 'preview',
      day: scope.fromDay,
      attempt: 1,
    });
    return (await ctx.launcher()).preview(spec);
  },
};

/** The labeler must select by the column that the delete selects by. */
export const rangeColumnCheck: Check = {
  id: 'range-column',
  title: 'The labeler’s range selects what is deleted',
  async look({ config }, { strategy }) {
    if (config.labeler.rangeColumn === 'created_at')
      return pass('The labeler’s range applies to the start of a chat, as the delete’s does.');
    return strategy === 'replace'
      ? fail(
          'The deployed labeler selects by the end of a chat, so a delete by start and its relabel would differ. Only "no-gap" can repair this.',
        )
      : pass('Nothing is deleted.');
  },
};
