import { delay } from '@/lib/clock';
import type { CustomerTables } from '@/lib/customers/model';
import type { JobStatus } from '@/lib/jobs/model';
import { rowsNotBackedUp } from '@/lib/label-store/backup-digest';
import { labelDigest } from '@/lib/label-store/label-digest';
import { type Digest, exitOfCode, jobExitSentences, sameDigest } from '@/lib/label-store/model';
import { agree, count, formatNumber } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import { dayDifference } from '../../plan/plan-hash';
import type { StepResult } from '../advance';
import { died } from '../passing-end';
import { lastWords, launch, logOf, watchJob } from '../run-job';
import {
  type Drive,
  jobOf,
  listOf,
  mutationsNow,
  mutationsOf,
  orderOf,
  plannedDigest,
  rowsLeft,
  type Step,
  tablesOf,
} from './drive';

/** How long after a delete Job's death its mutation may still appear. */
const graceMs = 3_000;

/**
 * Submits the day's delete as a Job, once. First the data is asked: a mutation with our tag, or no rows left, means
 * that it was submitted before. Ends as soon as the mutation is seen; the next step waits for it.
 */
export const deleteStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await tablesOf(drive);
  const list = listOf(row);
  if (list) return deleteListed(drive, tables, list);
  const [already, now] = await Promise.all([lookFor(drive, tables), labelDigest(ctx, { scope: row.scope, tables })]);
  if (already) return already;
  const planned = plannedDigest(row);
  if (!row.state.deletingRest && !sameDigest(now, planned)) {
    const what = dayDifference(
      { ...row.plan, skip: null },
      { day: row.unit, skip: null, labelRows: now.rows, labelHash: now.hash },
    );
    const sentence = `Nothing was deleted by this attempt: ${what ?? 'the label rows changed.'}`;
    return {
      event: { kind: 'failed', sentence, labels: now.rows < planned.rows ? 'half deleted' : 'in place' },
      sentence,
    };
  }
  const order = orderOf(drive, tables, row.state.deletingRest ? now : planned);
  const unsaved = row.state.deletingRest
    ? await rowsNotBackedUp(ctx, { ...order, tables, backupIds: [order.backupId] })
    : 0;
  if (unsaved > 0) {
    const sentence = `Nothing was deleted by this attempt: ${count(unsaved, 'label row')} of the day ${agree(unsaved, 'was', 'were')} written after the backup, and a delete would lose ${agree(unsaved, 'it', 'them')}. Relabel only keeps ${agree(unsaved, 'it', 'them')} and brings back what is missing; a new plan then repairs what is still stale.`;
    return {
      event: { kind: 'failed', sentence, labels: 'half deleted', remedy: 'relabel only' },
      sentence,
      numbers: { rowsLeft: now.rows },
    };
  }
  const spec = await launch(drive, 'delete', orderSpec(ctx.config, 'delete', order, jobOf(drive)));
  const job = await watchJob(drive, spec, async () => (await mutationsNow(drive, tables)).length > 0);
  if (job === null || job.state === 'succeeded') return seen();
  return afterDeath(drive, tables, job, await logOf(ctx, spec.name));
};

const seen = (): StepResult => ({
  event: { kind: 'delete seen' },
  sentence: 'The delete was submitted as a mutation that carries this run, day and attempt.',
});

const gone = (rows: number): StepResult => ({
  event: { kind: 'rows gone' },
  sentence: 'No label row of the day is left on any replica.',
  evidence: { deletedRows: rows, rowsLeft: 0 },
  marks: ['gap from'],
  also: [{ step: 'mutation', status: 'done', sentence: 'No label row of the day is left on any replica.' }],
});

async function lookFor(drive: Drive, tables: CustomerTables): Promise<StepResult | null> {
  const [mutations, rows] = await Promise.all([mutationsNow(drive, tables), rowsLeft(drive, tables)]);
  if (mutations.length > 0) return seen();
  return rows === 0 ? gone(drive.row.plan.labelRows) : null;
}

/**
 * The same of a list of wrong rows: its delete is found again by its tag whatever the attempt, so that the step goes on
 * only when no row of the list is left or it was submitted.
 */
async function deleteListed(
  drive: Drive,
  tables: CustomerTables,
  list: { listId: string; digest: Digest },
): Promise<StepResult> {
  const { ctx, row } = drive;
  if ((await rowsLeft(drive, tables)) === 0 && (await mutationsOf(drive, tables)).every((one) => one.isDone))
    return listGone(list.digest.rows);
  const order = { ...orderOf(drive, tables, list.digest), listId: list.listId };
  const spec = await launch(drive, 'delete', orderSpec(ctx.config, 'delete', order, jobOf(drive)));
  const job = await watchJob(drive, spec);
  if (!job) throw new Error('the delete was watched to no end');
  const log = await logOf(ctx, spec.name);
  if (job.state === 'succeeded') return { ...seen(), job, log };
  const left = await rowsLeft(drive, tables);
  const exit = exitOfCode(job.exitCode);
  const why = exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence;
  const said =
    `${count(left, 'row')} of the ${count(list.digest.rows, 'wrong row')} ${agree(left, 'is', 'are')} left; every conversation has its right row. ${why} ${lastWords(log)}`.trim();
  const again = exit !== 'notAsPlanned' && exit !== 'rowsLeft' && exit !== 'orderRefused';
  const sentence = again
    ? `The delete Job ended early. ${said}`
    : `The delete did not end clearly. ${said} Resume to look again, or retry.`;
  ctx.log.warn({ left, job, run: row.runId }, 'a delete of wrong rows did not end well');
  const event: StepResult['event'] = again ? died(drive, { job, log, sentence }) : { kind: 'failed', sentence };
  return { event, sentence, numbers: { rowsLeft: left }, job, log };
}

const listGone = (rows: number): StepResult => ({
  event: { kind: 'rows gone' },
  sentence: 'No wrong row of the day is left on any replica.',
  evidence: { deletedRows: rows },
  also: [{ step: 'mutation', status: 'done', sentence: 'No wrong row of the day is left on any replica.' }],
});

/** The Job is over without success: what did it do? Only data that is untouched allows another attempt. */
async function afterDeath(drive: Drive, tables: CustomerTables, job: JobStatus, log: string): Promise<StepResult> {
  const { ctx, row, signal } = drive;
  const until = performance.now() + graceMs;
  do {
    const found = await lookFor(drive, tables);
    if (found) return { ...found, job, log };
    await delay(250, signal);
  } while (performance.now() < until);
  const exit = exitOfCode(job.exitCode);
  const now = await labelDigest(ctx, { scope: row.scope, tables });
  const untouched = row.state.deletingRest || sameDigest(now, plannedDigest(row));
  const why = exit && exit !== 'failed' ? jobExitSentences[exit] : job.sentence;
  if (untouched && job.state === 'failed' && exit !== 'notAsPlanned') {
    const sentence = `The delete Job died before it deleted anything: no mutation carries its tag, and all ${formatNumber(row.plan.labelRows)} rows are there. ${why}`;
    return { event: died(drive, { job, log, sentence }), sentence, job, log };
  }
  const sentence = untouched
    ? `The delete Job ended unclearly, and it is not proven that it did nothing. ${why} Resume to look again.`
    : `The delete Job ended, and ${formatNumber(now.rows)} of ${formatNumber(row.plan.labelRows)} planned label rows are there. ${why} Retry to delete what is left, or relabel only.`;
  return { event: { kind: 'failed', sentence, labels: 'half deleted' }, sentence, job, log };
}
