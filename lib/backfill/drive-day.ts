import { randomUUID } from 'node:crypto';
import { sentenceOf } from '@/lib/clickhouse/client';
import { delay } from '@/lib/clock';
import { AppError } from '@/lib/errors';
import type { Context } from '@/lib/server/context';
import { advance, LostDay, type StepResult } from './advance';
import { fault } from './fault';
import { flowOf, isWorking, stepOf, type WorkStatus } from './paths';
import { claimItem, selectWork, type WorkRow } from './sql/items';
import { backupStep } from './steps/backup';
import { checkStep } from './steps/check';
import { deleteStep } from './steps/delete';
import type { Drive, Step } from './steps/drive';
import { mutationStep } from './steps/mutation';
import { proveStep } from './steps/prove';
import { beginRelabelStep, relabelStep } from './steps/relabel';
import { restoreStep } from './steps/restore';
import { snapshotStep } from './steps/snapshot';
import { verifyStep } from './steps/verify';

const steps: Record<WorkStatus, Step> = {
  checking: checkStep,
  snapshot: snapshotStep,
  'backing up': backupStep,
  deleting: deleteStep,
  'waiting for mutation': mutationStep,
  'deleted, not relabelled': beginRelabelStep,
  relabelling: relabelStep,
  proving: proveStep,
  restoring: restoreStep,
  verifying: verifyStep,
};

/** How long a step is run again while an engine does not answer, before a person is asked. */
const unavailableMs = 10 * 60_000;

/** How long a worker that lost its day waits before it takes it again. */
const takeAgainMs = 1_000;

/**
 * Drives a day from wherever its row says it stands, until it is verified, cancelled or needs a person. Any step may
 * be killed and run again. Throws the signal's reason when the day is handed over.
 * NOTE: two may hold it for a moment, when one wakes that was taken for dead. The queue tells which of them by the
 * signal; until then neither gives up, since its queue job would end with it and nobody would ever take the day.
 */
export async function driveDay(ctx: Context, itemId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await drive(ctx, itemId, signal);
    } catch (error) {
      if (!(error instanceof LostDay)) throw error;
      ctx.log.info({ itemId }, 'the day was taken over');
      await delay(takeAgainMs, signal);
    }
  }
}

async function drive(ctx: Context, itemId: string, signal: AbortSignal): Promise<void> {
  let row = await claim(ctx, itemId);
  while (row) {
    signal.throwIfAborted();
    const result = await decide({ ctx, row, signal });
    row = await advance(ctx, row, result);
    ctx.log.info({ run: row.runId, day: row.day, event: result.event.kind, status: row.state.status }, 'day');
    if (row.owner === null) return;
    const [fresh] = await ctx.db.query(selectWork, [itemId]);
    if (!fresh || fresh.version !== row.version) throw new LostDay();
    row = fresh;
  }
}

/** Takes the day when there is something to do; whoever had it before can write nothing more. */
async function claim(ctx: Context, itemId: string): Promise<WorkRow | null> {
  const [row] = await ctx.db.query(selectWork, [itemId]);
  if (!row || (row.state.status !== 'planned' && !isWorking(row.state.status))) return null;
  // NOTE: a claim has a name of its own, so that a day which comes back to this process is fenced from its past.
  const owner = randomUUID();
  const [version] = await ctx.db.query(claimItem, [itemId, row.version, owner]);
  if (version === undefined) throw new LostDay();
  return { ...row, version, owner };
}

async function decide(drive: Drive): Promise<StepResult> {
  const { row } = drive;
  if (row.cancelAfter === 'step') {
    const sentence = 'Cancelled after a step, as asked.';
    return { event: { kind: 'stop', sentence: stopSentence(row) }, sentence };
  }
  if (!isWorking(row.state.status))
    return { event: { kind: 'begin' }, sentence: 'The day begins with its pre-checks.' };
  return runStep(drive, row.state.status);
}

function stopSentence(row: WorkRow): string {
  switch (row.state.status) {
    case 'restoring':
      return 'Stopped while the backup was brought back, as asked. The labels of this day may be missing. Resume, or relabel only.';
    case 'proving':
      return 'Stopped after the relabel, as asked. Right and wrong rows stand side by side until the wrong ones are deleted. Resume to go on.';
    case 'deleting':
    case 'waiting for mutation':
      if (flowOf(row.state) === 'no-gap')
        return 'Stopped while the wrong rows are deleted, as asked. Every conversation has its right row. Resume to go on.';
      return 'Stopped between the delete and the relabel, as asked. Resume, or relabel only.';
    case 'deleted, not relabelled':
    case 'relabelling':
      return row.state.deletes
        ? 'Deleted, not relabelled: stopped as asked. The labels of this day are missing until it is relabelled.'
        : 'Stopped before the relabel, as asked.';
    case 'verifying':
      return 'Stopped before the count, as asked. The labels were written, but nothing is verified.';
    default:
      return 'Cancelled after a step, as asked. Nothing was deleted.';
  }
}

/** One step; an engine that does not answer is asked again, anything unexpected ends in "needs attention". */
async function runStep(drive: Drive, status: WorkStatus): Promise<StepResult> {
  const { ctx, row, signal } = drive;
  const since = performance.now();
  for (let waitMs = 500; ; waitMs = Math.min(10_000, waitMs * 2)) {
    try {
      const result = await steps[status](drive);
      if (result.event.kind !== 'relabel begun') fault(ctx.config, 'after', stepOf[status]);
      return result;
    } catch (error) {
      if (signal.aborted || error instanceof LostDay) throw error;
      const silent = error instanceof AppError && (error.code === 'unavailable' || error.code === 'limit');
      if (silent && performance.now() - since < unavailableMs) {
        ctx.log.warn({ err: error, day: row.day, status }, 'a step is run again');
        await delay(waitMs, signal);
        continue;
      }
      ctx.log.error({ err: error, run: row.runId, day: row.day, status }, 'a step failed unexpectedly');
      const sentence = `"${status}" could not go on. ${sentenceOf(error)}`;
      return { event: { kind: 'failed', sentence }, sentence };
    }
  }
}
