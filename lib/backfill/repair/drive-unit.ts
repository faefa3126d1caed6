import { randomUUID } from 'node:crypto';
import { failureOf, isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { unitInProse } from '@/lib/customers/unit-words-model';
import { AppError } from '@/lib/errors';
import { watchStop } from '@/lib/holds/watch-stop';
import { StillActs } from '@/lib/jobs/run-to-end';
import { patiently } from '@/lib/patience';
import { every, poll } from '@/lib/poll';
import { passingMs } from '../state/machine';
import { isWorking, type WorkStatus } from '../state/name-model';
import { claimItem, selectWork, type WorkRow } from '../state/sql/items';
import { noteStep } from '../state/sql/steps';
import { type LabelsAre, labelsAre, states } from '../state/states';
import { stopHere } from '../state/stops';
import { advance, LostUnit, ParkAsked, type StepResult, StopAsked } from './advance';
import { fault } from './fault';
import { parkUnit, whatHoldsBack } from './park-unit';
import { startFault } from './start-fault';
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
import { stopUnit } from './stop-unit';

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

/**
 * How long a step is tried again after ClickHouse or Postgres refused it, before the refusal counts as one that lasts.
 */
const deniedMs = 60_000;

/** How long a worker that lost its day waits before it takes it again. */
const takeAgainMs = 1_000;

/**
 * Drives a day from the state in its row until it is verified, cancelled or needs a person. Any step may be killed and
 * run again. Throws the signal's reason when the day is handed over.
 * NOTE: two workers can briefly drive the same day, when a frozen one wakes after its job was given to another. The queue
 * aborts the signal of the one that lost the day. Until then both keep trying: one that returned would complete the
 * queue job, and nobody would take the day.
 */
export async function driveUnit(ctx: Context, itemId: string, signal: AbortSignal): Promise<void> {
  await poll({ ...every(takeAgainMs), signal }, async () => {
    try {
      await drive(ctx, itemId, signal);
      return true;
    } catch (error) {
      if (!(error instanceof LostUnit)) throw error;
      ctx.log.info({ itemId }, 'the day was taken over');
      return null;
    }
  });
}

async function drive(ctx: Context, itemId: string, signal: AbortSignal): Promise<void> {
  let row = await claim(ctx, itemId);
  while (row) {
    signal.throwIfAborted();
    // NOTE: a unit that is to be cancelled here is, so that it does not wait for the stop to be lifted.
    const isCancelled = stopHere(row, row.cancelAfter) !== null;
    const stop = row.stop?.immediately && !isCancelled ? row.stop : null;
    const pause = stop ? null : await whatHoldsBack(ctx, row);
    if (stop && (await stopUnit(ctx, row, stop))) return;
    if (pause && (await parkUnit(ctx, row, pause))) return;
    const result = stop || pause ? null : await decideUnlessStopped({ ctx, row, signal });
    if (result) {
      row = await advance(ctx, row, result);
      ctx.log.info({ run: row.runId, unit: row.unit, event: result.event.kind, status: row.state.status }, 'day');
      if (row.claim === null) return;
    }
    const [fresh]: WorkRow[] = await ctx.db.query(selectWork, { itemId });
    if (!fresh || fresh.version !== row.version) throw new LostUnit();
    row = fresh;
  }
}

/**
 * Decides the next event, or null where the run was paused or everything stopped meanwhile. "Stop everything" ends a step
 * that only reads; at once, it ends any step.
 */
async function decideUnlessStopped(drive: Drive): Promise<StepResult | null> {
  const { ctx, row, signal } = drive;
  const over = new AbortController();
  const stopped = new AbortController();
  const onlyReads = row.state.status === 'checking' || row.state.status === 'snapshot';
  watchStop(ctx, AbortSignal.any([signal, over.signal]), (stop) => {
    if (stop && (stop.immediately || onlyReads)) stopped.abort(new ParkAsked());
  });
  const both = AbortSignal.any([signal, stopped.signal]);
  const bounded = { ...ctx, clickhouse: ctx.clickhouse.within({ signal: both }) };
  try {
    return await decide({ ...drive, ctx: bounded, signal: both });
  } catch (error) {
    if (!signal.aborted && (error instanceof ParkAsked || stopped.signal.aborted)) return null;
    throw error;
  } finally {
    over.abort(new Error('the step is over'));
  }
}

/** Takes the day where there is something to do. The worker that had it before can write nothing more. */
async function claim(ctx: Context, itemId: string): Promise<WorkRow | null> {
  const [row] = await ctx.db.query(selectWork, { itemId });
  if (!row || (row.state.status !== 'planned' && !isWorking(row.state.status))) return null;
  // NOTE: each claim has a fresh id. If this process loses a day and claims it again, late writes of its first claim fail.
  const claimId = randomUUID();
  const [version] = await ctx.db.query(claimItem, { itemId, version: row.version, claim: claimId });
  if (version === undefined) throw new LostUnit();
  return { ...row, version, claim: claimId };
}

async function decide(drive: Drive): Promise<StepResult> {
  const { row } = drive;
  const left = stopHere(row, row.cancelAfter);
  if (left !== null) return stopped(row, left);
  if (!isWorking(row.state.status))
    return { event: { kind: 'begin' }, sentence: 'The unit begins with its pre-checks.' };
  return runStep(drive, row.state.status);
}

function stopped({ unit, plan }: WorkRow, labels: LabelsAre): StepResult {
  const sentence = labelsAre[labels].stopped(unitInProse(unit), plan.labelRows);
  return { event: { kind: 'stop', sentence, labels }, sentence };
}

/** For how long a step is run again after this failure. */
function msFor(error: unknown, status: WorkStatus): number {
  if (error instanceof LostUnit || error instanceof StopAsked || error instanceof ParkAsked) return 0;
  if (isPassing(error) || (error instanceof AppError && error.code === 'limit')) return passingMs;
  if (failureOf(error) !== 'denied') return 0;
  return states[status].givesUpSoon ? deniedMs : passingMs;
}

/**
 * Does one step. What passes is tried again and shown meanwhile; anything unexpected ends in "needs attention".
 */
async function runStep(drive: Drive, status: WorkStatus): Promise<StepResult> {
  const { ctx, row, signal } = drive;
  const say = (error: unknown) => {
    ctx.log.warn({ err: error, unit: row.unit, status }, 'a step is run again');
    const note = {
      itemId: row.itemId,
      attempt: row.state.attempt,
      step: states[status].step,
      sentence: `${sentenceOf(error)} Asking again.`,
      numbers: '{}',
    };
    ctx.db.query(noteStep, note).catch((reason) => ctx.log.warn({ err: reason }, 'a step was not noted'));
  };
  try {
    const patience = { msFor: (error: unknown) => msFor(error, status), say };
    const work = async (): Promise<StepResult> => {
      const forged = await startFault(ctx, row);
      return forged ? { event: { kind: 'failed', sentence: forged }, sentence: forged } : steps[status](drive);
    };
    const result = await patiently(patience, work, signal);
    if (result.event.kind !== 'relabel begun') fault(ctx.config, 'after', states[status].step);
    return result;
  } catch (error) {
    if (signal.aborted || error instanceof LostUnit || error instanceof ParkAsked) throw error;
    if (error instanceof StopAsked) return stopped(row, stopHere(row, 'step') ?? 'in place');
    ctx.log.error({ err: error, run: row.runId, unit: row.unit, status }, 'a step failed unexpectedly');
    const sentence = `"${status}" could not go on. ${sentenceOf(error)}`;
    const remedy = error instanceof StillActs ? { remedy: 'resume' as const } : {};
    return { event: { kind: 'failed', sentence, ...remedy }, sentence };
  }
}
