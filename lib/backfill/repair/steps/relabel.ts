import { unitInWords } from '@/lib/customers/unit-words-model';
import { lastWords } from '@/lib/jobs/last-words';
import { relabelSpec } from '../../plan/job-specs';
import { labelerRange } from '../../plan/labeler-range';
import { leavesGap } from '../../state/ways';
import { died } from '../passing-end';
import { runStepJob } from '../run-job';
import { seeRestoresEnd } from '../undo-jobs';
import { jobOf, type Step, tablesOf } from './drive';

/** The loud state between delete and relabel: it is on record before the relabel begins. */
export const beginRelabelStep: Step = async () => ({
  event: { kind: 'relabel begun' },
  sentence: 'The labels of the unit are deleted; the relabel begins.',
  marks: ['relabel'],
});

/** The labeler over the day's scope. One that died is run again: the same keys replace. */
export const relabelStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const range = await labelerRange(ctx, row.scope, await tablesOf(drive));
  await seeRestoresEnd(drive);
  const spec = relabelSpec(ctx.config, row.scope, jobOf(drive), range);
  const { job, log } = await runStepJob(drive, 'relabel', spec);
  if (job.state !== 'succeeded') {
    const words = lastWords(log);
    const left = leavesGap(row.state) ? `${unitInWords(row.unit)} has no labels right now: the` : 'The';
    const sentence = `${left} relabel Job failed. ${job.sentence}${words ? ` Its last words: ${words}` : ''}`;
    return { event: died(drive, { job, log, sentence, ours: false }), sentence, job, log };
  }
  return {
    event: { kind: 'relabelled' },
    sentence: 'Relabel finished.',
    job,
    log,
  };
};
