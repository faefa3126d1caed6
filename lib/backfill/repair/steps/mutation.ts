import { hostsToCome, isUnfinished, type MutationProgress } from '@/lib/label-store/model';
import { poll } from '@/lib/poll';
import { agree, count, formatNumber } from '@/lib/words';
import { noteStep } from '../../state/sql/steps';
import type { Mark, StepResult } from '../advance';
import { deletedSince } from '../look-at-delete';
import { begin } from '../run-job';
import { type Drive, listOf, mutationsOf, rowsLeft, type Step, tablesOf } from './drive';
import { mutationSampler } from './mutation-samples';

/** How long a replica of a cluster may take to list a mutation that others have. */
const replicaLagMs = 30_000;
/** How long one server may take to list a mutation that it accepted. */
const listedWithinMs = 3_000;

/**
 * The one wait for a delete: until its mutation is done on every replica that lists it and none of its rows is left on
 * any. A mutation that is not found may still not be done, so the rows decide:
 * docs/clickhouse-facts.md#finished-mutations.
 */
export const mutationStep: Step = async (drive) => {
  const { ctx, row, signal } = drive;
  await begin(drive, 'mutation');
  const tables = await tablesOf(drive);
  const sample = mutationSampler(drive, tables);
  let progress: MutationProgress[] = [];
  let seenAtMs: number | null = null;
  let overSince: number | null = null;
  let noted = '';
  const note = async (sentence: string) => {
    if (sentence === noted) return null;
    noted = sentence;
    await ctx.db.query(noteStep, {
      itemId: row.itemId,
      attempt: row.state.attempt,
      step: 'mutation',
      sentence,
      numbers: numbersOf(progress),
    });
    return null;
  };
  const end = await poll({ withinMs: ctx.config.jobs.deadlineSeconds * 1_000, signal }, async () => {
    progress = await mutationsOf(drive, tables);
    if (progress.some(isUnfinished)) {
      seenAtMs = ctx.clock.now();
      overSince = null;
      await sample();
      return note(sentenceOf(progress));
    }
    const rows = await rowsLeft(drive, tables);
    const sinceMs = seenAtMs ?? deletedSince(progress);
    const toCome = hostsToCome(progress, tables.hosts);
    if (rows === 0 && toCome === 0) return gone(drive, progress, sinceMs);
    overSince ??= performance.now();
    const lagMs = tables.cluster !== null ? replicaLagMs : progress.length === 0 ? listedWithinMs : 0;
    if (performance.now() - overSince >= lagMs)
      return rows > 0
        ? left(drive, { rows, sinceMs, progress })
        : notEverywhere(drive, { toCome, hosts: tables.hosts, sinceMs });
    return note(
      rows > 0
        ? `${count(rows, 'row')} left on some replica. Waiting for it.`
        : `${count(toCome, 'host')} of the cluster ${agree(toCome, 'does', 'do')} not list the delete yet. Waiting for ${agree(toCome, 'it', 'them')}.`,
    );
  });
  return end ?? late(drive, progress);
};

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

function gone(drive: Drive, progress: MutationProgress[], sinceMs: number | null): StepResult {
  const list = listOf(drive.row);
  const sentence = list
    ? 'The mutation is done on every replica, and no wrong row of the unit is left.'
    : 'The mutation is done on every replica, and no label row of the unit is left.';
  return {
    event: { kind: 'rows gone' },
    sentence,
    numbers: { replicas: progress.length, partsToDo: 0, rowsLeft: 0 },
    evidence: { deletedRows: list ? list.digest.rows : drive.row.plan.labelRows, rowsLeft: 0 },
    marks: list ? [] : ['gap from'],
    gapFromMs: sinceMs,
    also: [{ step: 'delete', status: 'done', sentence: 'The delete was submitted once and took effect.' }],
  };
}

function left(
  { ctx, row }: Drive,
  { rows, sinceMs, progress }: { rows: number; sinceMs: number | null; progress: MutationProgress[] },
): StepResult {
  const list = listOf(row);
  const attempt = Math.max(...progress.map((one) => one.attempt));
  const killed = progress.length === 0 || progress.some((one) => one.isKilled && one.attempt === attempt);
  const sentence = list
    ? `${killed ? 'The mutation was killed or vanished' : 'The mutation is over'}: ${count(rows, 'wrong row')} of ${formatNumber(list.digest.rows)} ${agree(rows, 'is', 'are')} left beside the right ones. Retry to delete what is left.`
    : killed
      ? `The mutation was killed or vanished: ${count(rows, 'label row')} of ${formatNumber(row.plan.labelRows)} ${agree(rows, 'is', 'are')} left. Retry to delete what is left, or relabel only.`
      : `The mutation is done, but ${count(rows, 'label row')} ${agree(rows, 'is', 'are')} in the unit: written after the backup or while it ran, and not deleted. Retry to delete what the backup holds of them, or relabel only.`;
  ctx.log.warn({ rows, progress }, 'label rows are left after a delete');
  if (list) return { event: { kind: 'failed', sentence, remedy: 'retry' }, sentence, numbers: { rowsLeft: rows } };
  const deleted = Math.max(0, row.plan.labelRows - rows);
  const marks: Mark[] = deleted > 0 ? ['gap from'] : [];
  return {
    event: { kind: 'failed', sentence, labels: 'half deleted', remedy: 'retry' },
    sentence,
    numbers: { rowsLeft: rows },
    evidence: { deletedRows: deleted, rowsLeft: rows },
    marks,
    gapFromMs: sinceMs,
  };
}

/** A host that executes the delete after the labels are back could take them again. */
function notEverywhere(
  { row }: Drive,
  { toCome, hosts, sinceMs }: { toCome: number; hosts: number; sinceMs: number | null },
): StepResult {
  const list = listOf(row);
  const sentence = `No row is left, but ${count(toCome, 'host')} of the cluster’s ${formatNumber(hosts)} ${agree(toCome, 'does', 'do')} not list the delete, and could still execute it after the labels are back. Look at system.distributed_ddl_queue, then resume to wait on. If that host has no rows of this table or is gone, retry to go on without it.`;
  return {
    event: { kind: 'failed', sentence, labels: list ? 'written' : 'half deleted', remedy: 'retry' },
    sentence,
    numbers: { hostsToCome: toCome },
    marks: list ? [] : ['gap from'],
    gapFromMs: sinceMs,
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
