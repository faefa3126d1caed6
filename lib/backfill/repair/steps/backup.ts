import { lastWords } from '@/lib/jobs/last-words';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { exitOfCode, sameDigest } from '@/lib/label-store/model';
import { count } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import { pathOf } from '../../state/ways';
import { died } from '../passing-end';
import { runStepJob } from '../run-job';
import { jobOf, orderOf, plannedDigest, type Step, tablesOf } from './drive';

/** The scope's rows copied beside the labels; proven by count and hash before anything is deleted. */
export const backupStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await tablesOf(drive);
  const expect = plannedDigest(row);
  // NOTE: a backup belongs to its attempt, so that a killed one is never mixed with its successor.
  const order = orderOf({ ...drive, row: { ...row, state: { ...row.state, backupAttempt: null } } }, tables, expect);
  const kept = await runStepJob(drive, 'backup', orderSpec(ctx.config, 'backup', order, jobOf(drive)));
  const { job, log } = kept;
  if (job.state === 'failed' && exitOfCode(job.exitCode) === 'notAsPlanned') {
    const sentence = `The label rows changed after the check, so nothing was backed up or deleted. ${lastWords(log)}`;
    return { event: { kind: 'failed', sentence, labels: 'in place' }, sentence, ...kept };
  }
  if (job.state !== 'succeeded') {
    const sentence = `The backup Job ended without a proven backup. ${job.sentence}`;
    return { event: died(drive, { ...kept, sentence }), sentence, ...kept };
  }
  const found = await backupDigest(ctx, { backupId: order.backupId, tables });
  const numbers = { rows: found.rows, expected: expect.rows };
  if (!sameDigest(found, expect)) {
    const sentence = `The backup holds ${count(found.rows, 'row')} where ${count(expect.rows, 'row')} were planned, or other content. Nothing was deleted.`;
    return { event: { kind: 'failed', sentence, labels: 'in place' }, sentence, numbers, ...kept };
  }
  return {
    event: { kind: 'backed up' },
    sentence: `${count(found.rows, 'label row')} backed up; count and hash are those of the plan.`,
    // NOTE: where the relabel comes next, truth that changes from here on is newer than it.
    marks: pathOf(row.state).indexOf('relabelling') === pathOf(row.state).indexOf('backing up') + 1 ? ['relabel'] : [],
    numbers,
    evidence: { backedUpRows: found.rows },
    ...kept,
  };
};
