import type { CustomerTables } from '@/lib/customers/model';
import { lastWords } from '@/lib/jobs/last-words';
import type { JobStatus } from '@/lib/jobs/model';
import type { EndedJob } from '@/lib/jobs/run-to-end';
import { rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { labelDigest } from '@/lib/label-store/label-digest';
import {
  type Digest,
  exitOfCode,
  isUnfinished,
  type JobOrder,
  jobExitSentences,
  sameDigest,
} from '@/lib/label-store/model';
import { poll } from '@/lib/poll';
import { agree, count, formatNumber } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import { unitDifference } from '../../plan/plan-hash';
import type { WorkRow } from '../../state/sql/items';
import type { StepResult } from '../advance';
import { died } from '../passing-end';
import { runStepJob } from '../run-job';
import { seeRestoresEnd } from '../undo-jobs';
import {
  type Drive,
  freshTablesOf,
  jobOf,
  listOf,
  mutationsNow,
  mutationsOf,
  orderOf,
  plannedDigest,
  rowsLeft,
  type Step,
} from './drive';

/** How long after a delete Job's death its mutation may still appear. */
const graceMs = 3_000;
/** How long a delete Job may go on after its mutation is seen, before the day goes on without its end. */
const exitWithinMs = 5_000;

/**
 * Submits the day's delete by a Job, once; the next step waits for its mutation. First the data are asked: a mutation of
 * this attempt's tag, one of an earlier attempt that still runs, or no row left means that there is nothing to submit.
 */
export const deleteStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await freshTablesOf(drive);
  const list = listOf(row);
  if (list) return deleteListed(drive, tables, list);
  await seeRestoresEnd(drive);
  const [already, now] = await Promise.all([lookFor(drive, tables), labelDigest(ctx, { scope: row.scope, tables })]);
  if (already) return already;
  const { undo } = row.plan;
  if (undo && sameDigest(now, undo)) return isBackAlready(row, now.rows);
  const planned = plannedDigest(row);
  if (!row.state.deletingRest && !sameDigest(now, planned)) {
    const what = unitDifference(
      { ...row.plan, skip: null },
      { unit: row.unit, skip: null, labelRows: now.rows, labelHash: now.hash },
    );
    const sentence = `Nothing was deleted by this attempt: ${what ?? 'the label rows changed.'}`;
    return {
      event: { kind: 'failed', sentence, labels: now.rows < planned.rows ? 'half deleted' : 'in place' },
      sentence,
    };
  }
  const order: JobOrder = {
    ...orderOf(drive, tables, row.state.deletingRest ? now : planned),
    ...(undo
      ? {
          restores: {
            backupId: undo.backupId,
            expect: { rows: undo.rows, hash: undo.hash },
            isPartlyBack: row.state.deletingRest,
          },
        }
      : {}),
  };
  const unsaved = row.state.deletingRest
    ? await rowsNotBackedUp(ctx, { ...order, tables, backupIds: [order.backupId, ...(undo ? [undo.backupId] : [])] })
    : 0;
  if (unsaved > 0) {
    const sentence = `Nothing was deleted by this attempt: ${count(unsaved, 'label row')} of the unit ${agree(unsaved, 'was', 'were')} written after the backup, and a delete would lose ${agree(unsaved, 'it', 'them')}. Relabel only keeps ${agree(unsaved, 'it', 'them')} and brings back what is missing; a new plan then repairs what is still stale.`;
    return {
      event: { kind: 'failed', sentence, labels: 'half deleted', remedy: 'relabel only' },
      sentence,
      numbers: { rowsLeft: now.rows },
    };
  }
  const { job, log } = await submit(drive, tables, order);
  return job.state === 'succeeded' ? { ...seen(), job, log } : afterDeath(drive, tables, job, log);
};

/** Runs the delete Job to its end; one that is stuck after its mutation was seen has done its part. */
function submit(drive: Drive, tables: CustomerTables, order: JobOrder): Promise<EndedJob> {
  let seenAt: number | null = null;
  const enough = async () => {
    if ((await mutationsNow(drive, tables)).length > 0) seenAt ??= performance.now();
    return seenAt !== null && performance.now() - seenAt > exitWithinMs;
  };
  return runStepJob(drive, 'delete', orderSpec(drive.ctx.config, 'delete', order, jobOf(drive)), enough);
}

const seen = (): StepResult => ({
  event: { kind: 'delete seen' },
  sentence: 'The delete was submitted as a mutation that carries run, unit and attempt.',
});

const gone = (rows: number): StepResult => ({
  event: { kind: 'rows gone' },
  sentence: 'No label row of the unit is left on any replica.',
  evidence: { deletedRows: rows, rowsLeft: 0 },
  marks: ['gap from'],
  also: [{ step: 'mutation', status: 'done', sentence: 'No label row of the unit is left on any replica.' }],
});

/** An undo whose labels are the backup's already has nothing to delete, and nothing to restore. */
const isBackAlready = ({ begun }: WorkRow, rows: number): StepResult => ({
  event: { kind: 'rows gone' },
  sentence: 'The labels are those of the backup already, so nothing more is deleted.',
  evidence: begun.includes('delete') ? {} : { deletedRows: 0, rowsLeft: rows },
  also: [{ step: 'mutation', status: 'skipped', sentence: 'There was nothing to delete.' }],
});

async function lookFor(drive: Drive, tables: CustomerTables): Promise<StepResult | null> {
  const [mutations, rows] = await Promise.all([mutationsNow(drive, tables), rowsLeft(drive, tables)]);
  if (mutations.length > 0) return seen();
  return rows === 0 ? gone(drive.row.plan.labelRows) : null;
}

/**
 * The same for a list of wrong rows. Its delete carries the list's tag, whatever the attempt, so that a Job which finds
 * it submits nothing.
 */
async function deleteListed(
  drive: Drive,
  tables: CustomerTables,
  list: { listId: string; digest: Digest },
): Promise<StepResult> {
  const { ctx, row } = drive;
  const ours = await mutationsOf(drive, tables);
  if (ours.some(isUnfinished)) return seen();
  if ((await rowsLeft(drive, tables)) === 0 && ours.every((one) => one.isDone)) return listGone(list.digest.rows);
  const order = { ...orderOf(drive, tables, list.digest), listId: list.listId };
  const { job, log } = await submit(drive, tables, order);
  const isDead = job.state === 'failed' || job.state === 'unknown';
  if (!isDead || (await mutationsOf(drive, tables)).some(isUnfinished)) return { ...seen(), job, log };
  const left = await rowsLeft(drive, tables);
  const exit = exitOfCode(job.exitCode);
  const why = exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence;
  const said =
    `${count(left, 'row')} of the ${count(list.digest.rows, 'wrong row')} ${agree(left, 'is', 'are')} left; every conversation has its right row. ${why} ${lastWords(log)}`.trim();
  const again = exit !== 'notAsPlanned' && exit !== 'orderRefused';
  const sentence = again
    ? `The delete Job ended early. ${said}`
    : `It is not known whether the delete has finished. ${said} Resume to look again, or retry.`;
  ctx.log.warn({ left, job, run: row.runId }, 'a delete of wrong rows did not end well');
  const event: StepResult['event'] = again ? died(drive, { job, log, sentence }) : { kind: 'failed', sentence };
  return { event, sentence, numbers: { rowsLeft: left }, job, log };
}

const listGone = (rows: number): StepResult => ({
  event: { kind: 'rows gone' },
  sentence: 'No wrong row of the unit is left on any replica.',
  evidence: { deletedRows: rows },
  also: [{ step: 'mutation', status: 'done', sentence: 'No wrong row of the unit is left on any replica.' }],
});

/** The Job is over without success: what did it do? Only data that is untouched allows another attempt. */
async function afterDeath(drive: Drive, tables: CustomerTables, job: JobStatus, log: string): Promise<StepResult> {
  const { ctx, row, signal } = drive;
  const found = await poll({ withinMs: graceMs, signal }, () => lookFor(drive, tables));
  if (found) return { ...found, job, log };
  const exit = exitOfCode(job.exitCode);
  const now = await labelDigest(ctx, { scope: row.scope, tables });
  const untouched = row.state.deletingRest || sameDigest(now, plannedDigest(row));
  const why = exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence;
  if (untouched && job.state === 'failed' && exit !== 'notAsPlanned') {
    const left = row.state.deletingRest
      ? `${count(now.rows, 'row')} of ${formatNumber(row.plan.labelRows)} ${agree(now.rows, 'is', 'are')} left`
      : `all ${formatNumber(row.plan.labelRows)} rows are there`;
    const sentence = `The delete Job died before it deleted anything: no mutation carries its tag, and ${left}. ${why}`;
    return { event: died(drive, { job, log, sentence }), sentence, job, log };
  }
  const sentence = untouched
    ? `It is not known whether the delete Job did anything. ${why} Resume to look again.`
    : `The delete Job ended, and ${formatNumber(now.rows)} of ${formatNumber(row.plan.labelRows)} planned label rows are there. ${why} Retry to delete what is left, or relabel only.`;
  return { event: { kind: 'failed', sentence, labels: 'half deleted' }, sentence, job, log };
}
