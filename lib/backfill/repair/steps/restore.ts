import { lastWords } from '@/lib/jobs/last-words';
import { labelDigest } from '@/lib/label-store/label-digest';
import { backupIdOf, exitOfCode, jobExitSentences, sameDigest, tagText } from '@/lib/label-store/model';
import { count } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import { plannedAddress } from '../../plan/job-template';
import type { WorkRow } from '../../state/sql/items';
import type { StepResult } from '../advance';
import { died } from '../passing-end';
import { runStepJob } from '../run-job';
import { jobOf, type Step, tablesOf } from './drive';

/** What the day's undo brings back. */
export function undoOf({ plan, unit }: WorkRow) {
  if (!plan.undo) throw new Error(`the undo of ${unit} names no backup`);
  return plan.undo;
}

/**
 * One Job deletes the labels of the day and brings the rows of the backup back. It may die at any point: the next
 * attempt waits for a running delete and restores again.
 */
export const restoreStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await tablesOf(drive);
  const undo = undoOf(row);
  const tag = { runId: row.runId, unit: row.unit, attempt: row.state.attempt };
  const { backupAttempt: backup } = row.state;
  const order = {
    scope: row.scope,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    address: plannedAddress(row.jobParts),
    tag: tagText(tag),
    backupId: undo.backupId,
    ...(backup === null ? {} : { replacedId: backupIdOf({ ...tag, attempt: backup }) }),
    expect: { rows: undo.rows, hash: undo.hash },
  };
  const kept = await runStepJob(drive, 'restore', orderSpec(ctx.config, 'undo', order, jobOf(drive)));
  const { job } = kept;
  const now = await labelDigest(ctx, { scope: row.scope, tables });
  const numbers = { rows: now.rows, expected: undo.rows };
  if (sameDigest(now, order.expect)) return { ...restored(now.rows), numbers, ...kept };
  const exit = exitOfCode(job.exitCode);
  const why = `${exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence} ${lastWords(kept.log)}`.trim();
  if (exit === 'notAsPlanned') {
    const sentence = `The labels or the backup are not what was planned, so this attempt changed nothing. ${why}`;
    const labels = now.rows < row.plan.labelRows ? 'half deleted' : 'in place';
    return { event: { kind: 'failed', sentence, labels }, sentence, numbers, ...kept };
  }
  const sentence = `The day has ${count(now.rows, 'label row')} where the backup has ${count(undo.rows, 'row')}, or other content. ${why}`;
  const event: StepResult['event'] =
    job.state === 'succeeded' ? { kind: 'failed', sentence } : died(drive, { job, log: kept.log, sentence });
  return { event, sentence, numbers, marks: now.rows < undo.rows ? ['gap from restore'] : [], ...kept };
};

const restored = (rows: number): StepResult => ({
  event: { kind: 'restored' },
  sentence: `${count(rows, 'label row')} are back, count and hash as in the backup. Now every column is compared.`,
  evidence: { restoredRows: rows },
  marks: ['gap from restore', 'gap to'],
});
