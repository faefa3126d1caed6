import { delay } from '@/lib/clock';
import type { JobStatus } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import type { MutationProgress } from '@/lib/label-store/model';
import { agree, count, formatNumber } from '@/lib/words';
import { noteStep } from '../../state/sql/items';
import type { Mark, StepResult } from '../advance';
import { deletedSince } from '../look-at-delete';
import { begin, logOf } from '../run-job';
import { type Drive, isAtWork, jobOf, listOf, mutationsOf, rowsLeft, type Step, tablesOf } from './drive';

const pollMs = { first: 40, most: 1_000, factor: 1.5 };
/** How long a delete Job may go on counting after its mutation is done. */
const jobEndMs = 5_000;

/**
 * Waits until the mutation is done on every replica and no row is left. A mutation that is not found may still not be
 * done, so the rows decide: docs/clickhouse-facts.md#finished-mutations.
 */
export const mutationStep: Step = async (drive) => {
  const { ctx, row, signal } = drive;
  await begin(drive, 'mutation');
  const tables = await tablesOf(drive);
  const deadlineMs = ctx.clock.now() + ctx.config.jobs.deadlineSeconds * 1000;
  let noted = '';
  let seenAtMs: number | null = null;
  for (let waitMs = pollMs.first; ; waitMs = Math.min(pollMs.most, waitMs * pollMs.factor)) {
    const [progress, job] = await Promise.all([mutationsOf(drive, tables), deleteJob(drive)]);
    const done = progress.length > 0 && progress.every((one) => one.isDone && !one.isKilled);
    const jobOver = job?.state !== 'running' && job?.state !== 'pending';
    if (done || jobOver || progress.length === 0) {
      const rows = await rowsLeft(drive, tables);
      const sinceMs = seenAtMs ?? deletedSince(progress);
      if (rows === 0) return gone(drive, progress, sinceMs);
      if (jobOver && !progress.some(isAtWork)) return left(drive, { rows, sinceMs, progress, job });
    }
    seenAtMs = progress.some(isAtWork) ? ctx.clock.now() : seenAtMs;
    const sentence = sentenceOf(progress);
    if (sentence !== noted) {
      noted = sentence;
      await ctx.db.query(noteStep, [row.itemId, row.state.attempt, 'mutation', sentence, numbersOf(progress)]);
    }
    if (ctx.clock.now() > deadlineMs) return late(drive, progress);
    await delay(waitMs, signal);
  }
};

async function deleteJob(drive: Drive): Promise<JobStatus | undefined> {
  const launcher = await drive.ctx.launcher();
  return (await launcher.inspect([jobName({ kind: 'delete', ...jobOf(drive) })]))[0];
}

const partsOf = (progress: MutationProgress[]) => progress.reduce((sum, one) => sum + one.partsToDo, 0);
const numbersOf = (progress: MutationProgress[]) =>
  JSON.stringify({ replicas: progress.length, partsToDo: partsOf(progress) });

function sentenceOf(progress: MutationProgress[]): string {
  const failing = progress.find((one) => one.failReason !== '' && !one.isDone);
  if (failing)
    return `${count(partsOf(progress), 'part')} to do. ${failing.host} answers: ${failing.failReason.slice(0, 300)}`;
  return progress.length === 0
    ? 'Looking for the mutation.'
    : `${count(partsOf(progress), 'part')} to do on ${count(progress.length, 'replica')}.`;
}

async function gone(drive: Drive, progress: MutationProgress[], sinceMs: number | null): Promise<StepResult> {
  const name = jobName({ kind: 'delete', ...jobOf(drive) });
  const until = performance.now() + jobEndMs;
  let job = await deleteJob(drive);
  while (job && (job.state === 'running' || job.state === 'pending') && performance.now() < until) {
    await delay(50, drive.signal);
    job = await deleteJob(drive);
  }
  const kept = { job, log: await logOf(drive.ctx, name) };
  const list = listOf(drive.row);
  const sentence = list
    ? 'The mutation is done on every replica, and no wrong row of the day is left.'
    : 'The mutation is done on every replica, and no label row of the day is left.';
  return {
    event: { kind: 'rows gone' },
    sentence,
    numbers: { replicas: progress.length, partsToDo: 0, rowsLeft: 0 },
    evidence: { deletedRows: list ? list.digest.rows : drive.row.plan.labelRows, rowsLeft: 0 },
    marks: list ? [] : ['gap from'],
    gapFromMs: sinceMs,
    also: [{ step: 'delete', status: 'done', sentence: 'The delete was submitted once and took effect.', ...kept }],
  };
}

async function left(
  { ctx, row }: Drive,
  found: { rows: number; sinceMs: number | null; progress: MutationProgress[]; job: JobStatus | undefined },
): Promise<StepResult> {
  const { rows, progress, job } = found;
  const list = listOf(row);
  const attempt = Math.max(...progress.map((one) => one.attempt));
  const killed = progress.length === 0 || progress.some((one) => one.isKilled && one.attempt === attempt);
  const sentence = list
    ? `${killed ? 'The mutation was killed or vanished' : 'The mutation is over'}: ${count(rows, 'wrong row')} of ${formatNumber(list.digest.rows)} ${agree(rows, 'is', 'are')} left beside the right ones. Retry to delete what is left.`
    : killed
      ? `The mutation was killed or vanished: ${count(rows, 'label row')} of ${formatNumber(row.plan.labelRows)} ${agree(rows, 'is', 'are')} left. Retry to delete what is left, or relabel only.`
      : `The mutation is done, but ${count(rows, 'label row')} ${agree(rows, 'is', 'are')} in the day: written after the backup or while it ran, and not deleted. Retry to delete what the backup holds of them, or relabel only.`;
  ctx.log.warn({ rows, progress, job }, 'label rows are left after a delete');
  if (list) return { event: { kind: 'failed', sentence, remedy: 'retry' }, sentence, numbers: { rowsLeft: rows }, job };
  const deleted = Math.max(0, row.plan.labelRows - rows);
  const marks: Mark[] = deleted > 0 ? ['gap from'] : [];
  return {
    event: { kind: 'failed', sentence, labels: 'half deleted', remedy: 'retry' },
    sentence,
    numbers: { rowsLeft: rows },
    evidence: { deletedRows: deleted, rowsLeft: rows },
    marks,
    gapFromMs: found.sinceMs,
    job,
  };
}

function late({ row }: Drive, progress: MutationProgress[]): StepResult {
  const sentence = `The mutation is not done in time. ${sentenceOf(progress)} Resume to wait on.`;
  return {
    event: { kind: 'failed', sentence, labels: listOf(row) ? 'written' : 'half deleted' },
    sentence,
    numbers: { partsToDo: partsOf(progress) },
  };
}
