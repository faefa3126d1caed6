import { delay } from '@/lib/clock';
import type { Context } from '@/lib/context';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobKind, JobSpec } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { type EndedJob, runToEnd, seeToEnd } from '@/lib/jobs/run-to-end';
import { every, poll } from '@/lib/poll';
import type { Db } from '@/lib/postgres/client';
import type { StepName } from '../state/name-model';
import type { WorkRow } from '../state/sql/items';
import { beginStep, noteStep, selectGate } from '../state/sql/steps';
import { stepsWith } from '../state/states';
import { mayPark, stopHere } from '../state/stops';
import { LostUnit, ParkAsked, StopAsked } from './advance';
import { fault } from './fault';
import { spacingMs } from './passing-end';

/** Of a drive: what runs a Job. */
type Drive = {
  ctx: Pick<Context, 'log' | 'config' | 'clock'> & {
    db: Db;
    launcher(): Promise<Pick<Launcher, 'platform' | 'inspect' | 'stop' | 'launch' | 'logs'>>;
  };
  row: Pick<WorkRow, 'itemId' | 'runId' | 'unit' | 'version' | 'claim' | 'state' | 'begun'>;
  signal: AbortSignal;
};

/** Steps that take labels away: a run is stayed before them, and stopped before the first. */
const deletingSteps = stepsWith('deletes');
const stayPollMs = 500;

/**
 * Writes a step's row; the caller acts after it. Waits before one that takes labels away while the run is stayed. Throws
 * LostUnit when the day is not this worker's any more, and StopAsked or ParkAsked when it is to stop or to wait before
 * this step.
 */
export async function begin(drive: Drive, step: StepName, spec: JobSpec | null = null): Promise<JobSpec | null> {
  const { ctx, row, signal } = drive;
  const mayBeStayed = deletingSteps.includes(step);
  const mayBeStopped = mayBeStayed && stopHere(row, 'step') !== null;
  const mayBeParked = mayPark(row);
  const begun = await poll({ ...every(stayPollMs), signal }, async () => {
    const [written] = await ctx.db.query(beginStep, {
      itemId: row.itemId,
      version: row.version,
      claim: row.claim ?? '',
      attempt: row.state.attempt,
      step,
      jobName: spec?.name ?? null,
      jobSpec: spec ? JSON.stringify(spec) : null,
      mayBeStayed,
      mayBeStopped,
      mayBeParked,
    });
    if (written) return written;
    const [gate] =
      mayBeStayed || mayBeParked
        ? await ctx.db.query(selectGate, { itemId: row.itemId, version: row.version, claim: row.claim ?? '' })
        : [];
    if (!gate) throw new LostUnit();
    if (gate.stop && mayBeStopped) throw new StopAsked();
    if (gate.park && mayBeParked) throw new ParkAsked();
    return null;
  });
  fault(ctx.config, 'before', step);
  return begun.spec;
}

/**
 * Runs a step's Job to its end, or until `enough` is known. Its row is written first, Jobs of earlier attempts that still
 * run are seen to their end before that, and one whose last attempt died waits for a while.
 */
export async function runStepJob(
  drive: Drive,
  step: StepName,
  wanted: JobSpec,
  enough?: () => Promise<boolean>,
): Promise<EndedJob> {
  const { ctx, row, signal } = drive;
  const launcher = await ctx.launcher();
  return runToEnd({ launcher, log: ctx.log, signal }, wanted, {
    enough,
    former: attemptsOf(row, wanted.kind, row.state.attempt - 1),
    note: (sentence) => {
      ctx.db
        .query(noteStep, { itemId: row.itemId, attempt: row.state.attempt, step, sentence, numbers: '{}' })
        .catch((error) => ctx.log.warn({ err: error }, 'what a job waits for was not noted'));
    },
    begin: async () => {
      await space(drive, launcher, wanted.name);
      return (await begin(drive, step, wanted)) ?? wanted;
    },
  });
}

/** The names of the Jobs of an item's attempts, the last ones first. */
export function attemptsOf(
  of: { runId: string; itemId: string; unit: string },
  kind: JobKind,
  lastAttempt: number,
): string[] {
  const { runId, itemId, unit } = of;
  return Array.from({ length: lastAttempt }, (_, back) =>
    jobName({ kind, runId, itemId, unit, attempt: lastAttempt - back }),
  );
}

/** Waits until none of these Jobs runs any more. Throws StillActs for one that does not end. */
export async function seeJobsEnd({ ctx, signal }: Pick<Drive, 'ctx' | 'signal'>, names: string[]): Promise<void> {
  const { deadlineSeconds } = ctx.config.jobs;
  await seeToEnd({ launcher: await ctx.launcher(), log: ctx.log, signal }, names, { deadlineSeconds });
}

/** Waits before a Job whose former attempt died, unless it was launched before a worker was replaced. */
async function space({ ctx, row, signal }: Drive, launcher: Pick<Launcher, 'inspect'>, name: string): Promise<void> {
  const waitMs = spacingMs(row.state, ctx.clock.now());
  if (waitMs === 0) return;
  const [status] = await launcher.inspect([name]).catch(() => []);
  if (status?.state === 'unknown') await delay(waitMs, signal);
}
