import { lastWords } from '@/lib/jobs/last-words';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type Digest, exitOfCode, jobExitSentences, sameDigest, tagText } from '@/lib/label-store/model';
import { count } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import { plannedAddress } from '../../plan/job-template';
import type { WorkRow } from '../../state/sql/items';
import type { LabelsAre } from '../../state/states';
import type { StepResult } from '../advance';
import { died } from '../passing-end';
import { runStepJob } from '../run-job';
import { seeDeletesEnd } from '../undo-jobs';
import { jobOf, type Step, tablesOf, untilDeletesEnd } from './drive';

/** What the day's undo brings back. */
export function undoOf({ plan, unit }: WorkRow) {
  if (!plan.undo) throw new Error(`the undo of ${unit} names no backup`);
  return plan.undo;
}

/**
 * A Job inserts the backup's rows after the delete is over. It may die anywhere: the next attempt inserts the same rows
 * again, which replace themselves. Labels that are the backup's already need no Job.
 */
export const restoreStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await tablesOf(drive);
  const undo = undoOf(row);
  const expect: Digest = { rows: undo.rows, hash: undo.hash };
  await seeDeletesEnd(drive);
  const late = await untilDeletesEnd(drive, tables);
  if (late) return { event: { kind: 'failed', sentence: late, remedy: 'resume' }, sentence: late };
  const isBegun = row.begun.includes('restore');
  const before = await labelDigest(ctx, { scope: row.scope, tables });
  if (!isBegun && sameDigest(before, expect)) return restored(before.rows);
  const order = {
    scope: row.scope,
    labels: tables.labels.distributed,
    labelsLocal: tables.labels.local,
    cluster: tables.cluster,
    address: plannedAddress(row.jobParts),
    tag: tagText({ runId: row.runId, unit: row.unit, attempt: row.state.attempt }),
    backupId: undo.backupId,
    expect,
  };
  const kept = await runStepJob(drive, 'restore', orderSpec(ctx.config, 'restore', order, jobOf(drive)));
  const { job, log } = kept;
  const now = await labelDigest(ctx, { scope: row.scope, tables });
  const numbers = { rows: now.rows, expected: undo.rows };
  if (sameDigest(now, expect)) return { ...restored(now.rows), numbers, ...kept };
  const exit = exitOfCode(job.exitCode);
  const why = `${exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence} ${lastWords(log)}`.trim();
  const sentence = `${row.state.hasRows ? 'Deleted, not restored' : 'Not restored'}: the unit has ${count(now.rows, 'label row')} where the backup has ${count(undo.rows, 'row')}, or other content. ${why}`;
  const isOver = job.state === 'succeeded' || exit === 'notAsPlanned';
  const event: StepResult['event'] = isOver
    ? { kind: 'failed', sentence, labels: labelsOf(row, now.rows, exit === 'notAsPlanned') }
    : died(drive, { job, log, sentence });
  return { event, sentence, numbers, evidence: { rowsLeft: now.rows }, ...kept };
};

/**
 * What is left of a day whose restore ended; one without label rows, beside which the Job refused to insert, is
 * untouched.
 */
const labelsOf = ({ state }: WorkRow, rows: number, isRefused: boolean): LabelsAre => {
  if (!state.hasRows && (isRefused || rows === 0)) return 'in place';
  return rows > 0 ? 'half deleted' : 'gone';
};

const restored = (rows: number): StepResult => ({
  event: { kind: 'restored' },
  sentence: `${count(rows, 'label row')} are back, count and hash as in the backup. Now every column is compared.`,
  evidence: { restoredRows: rows },
});
