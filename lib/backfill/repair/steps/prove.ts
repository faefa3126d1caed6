import { lastWords } from '@/lib/jobs/last-words';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { backupIdOf, exitOfCode, listIdOf, sameDigest } from '@/lib/label-store/model';
import { unprovenConversations, wrongDigest } from '@/lib/label-store/wrong-rows';
import { agree, count, listed } from '@/lib/words';
import { orderSpec } from '../../plan/job-specs';
import type { StepResult } from '../advance';
import { changedTruth } from '../count-unit';
import { onceArrived } from '../on-their-way';
import { died } from '../passing-end';
import { tooManyRows } from '../rows-bound';
import { begin, runStepJob } from '../run-job';
import { freshTablesOf, jobOf, orderOf, type Step, untilDeletesEnd } from './drive';

/**
 * Every conversation has its right row now, or nothing is deleted. The wrong rows beside them, as far as the day's
 * backup holds them, are copied into a list by a Job and proven by count and hash. The delete takes only these.
 */
export const proveStep: Step = async (drive) => {
  const { ctx, row } = drive;
  const tables = await freshTablesOf(drive);
  const tag = { runId: row.runId, unit: row.unit, attempt: row.state.attempt };
  if (row.state.backupAttempt === null) throw new Error('a day without a backup proves nothing');
  const backupId = backupIdOf({ ...tag, attempt: row.state.backupAttempt });
  const of = { scope: row.scope, tables };
  // NOTE: a delete of an earlier list may still run; what it leaves is what is wrong.
  const late = await untilDeletesEnd(drive, tables);
  if (late) return { event: { kind: 'failed', sentence: late }, sentence: late };
  const {
    without,
    expect,
    late: onTheirWay,
  } = await onceArrived(drive, tables, async () => {
    const [unproven, expect] = await Promise.all([
      unprovenConversations(ctx, of),
      wrongDigest(ctx, { ...of, backupId }),
    ]);
    const moved = unproven.length > 0 ? await changedTruth(drive, tables) : new Set<string>();
    const without = unproven.filter((id) => !moved.has(id));
    return { without, expect, holds: without.length === 0 };
  });
  if (without.length > 0) {
    await begin(drive, 'prove');
    return unprovenEnd(without, onTheirWay);
  }
  if (expect.rows === 0) {
    await begin(drive, 'prove');
    return nothingWrong();
  }
  const many = await tooManyRows(ctx, row, expect.rows);
  if (many) {
    await begin(drive, 'prove');
    const sentence = `${many} Nothing was deleted. Close this run, plan it again and ask for an approval.`;
    const numbers = { wrongRows: expect.rows, planned: row.plan.rowsToDelete };
    return { event: { kind: 'failed', sentence }, sentence, numbers };
  }
  const listId = listIdOf(tag);
  const order = { ...orderOf(drive, tables, expect), listId };
  const { job, log } = await runStepJob(drive, 'prove', orderSpec(ctx.config, 'prove', order, jobOf(drive)));
  if (job.state !== 'succeeded') {
    const changed = exitOfCode(job.exitCode) === 'notAsPlanned';
    const sentence = changed
      ? `The wrong rows changed while they were copied; nothing was deleted. ${lastWords(log)} Retry to look again.`
      : `The list of wrong rows was not proven; nothing was deleted. ${job.sentence}`;
    return { event: changed ? { kind: 'failed', sentence } : died(drive, { job, log, sentence }), sentence, job, log };
  }
  // NOTE: a Job that ended before a crash may have been ordered with the digest of then; the list says which.
  const found = await backupDigest(ctx, { backupId: listId, tables });
  if (found.rows === 0 || !sameDigest(found, expect)) {
    const sentence = `The list holds ${count(found.rows, 'row')} where ${count(expect.rows, 'row')} are wrong now, or other content. Nothing was deleted. Retry to look again.`;
    return { event: { kind: 'failed', sentence }, sentence, job, log };
  }
  return {
    event: { kind: 'proved', list: { attempt: tag.attempt, ...found } },
    sentence: `${count(found.rows, 'wrong row')}, each beside the right row of its conversation; copied into a list of their own.`,
    numbers: { wrongRows: found.rows, unproven: 0 },
    evidence: { wrongRows: found.rows },
    job,
    log,
  };
};

function unprovenEnd(ids: string[], onTheirWay: string | null): StepResult {
  const sentence = `${onTheirWay === null ? '' : `${onTheirWay} `}${count(ids.length, 'conversation')} ${agree(ids.length, 'does', 'do')} not have the right row after the relabel: ${listed(ids)}. Nothing was deleted. Compare their chats with their truth, then retry or relabel only.`;
  return { event: { kind: 'failed', sentence }, sentence, numbers: { unproven: ids.length } };
}

function nothingWrong(): StepResult {
  const sentence = 'No row is wrong any more, so nothing is deleted.';
  return {
    event: { kind: 'proved', list: null },
    sentence: 'Every conversation has its right row, and no wrong one is left beside it.',
    numbers: { wrongRows: 0, unproven: 0 },
    evidence: { wrongRows: 0, deletedRows: 0 },
    also: (['delete', 'mutation'] as const).map((step) => ({ step, status: 'skipped', sentence })),
  };
}
