import { patienceOf } from '@/lib/clickhouse/patience';
import { delay } from '@/lib/clock';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { patiently } from '@/lib/patience';
import type { Db } from '@/lib/postgres/client';
import { beginStep, noteStep, selectGate, type WorkRow } from '../state/sql/items';
import { isWorking, type StepName, states, stepsWith } from '../state/states';
import { stopHere } from '../state/stops';
import { LostDay, StopAsked } from './advance';
import { fault } from './fault';
import { spacingMs } from './passing-end';

const logLines = 200;
const pollMs = { first: 40, most: 1_000, factor: 1.4 };
/** How long a launched Job may be unknown before it counts as lost: a platform may list it a moment late. */
const unknownMs = 5_000;
/** How long a launch that is not answered is asked for again before the whole step is. */
const launchMs = 30_000;
/** How long after its deadline a platform may take to end a Job that has not started. */
const startGraceMs = 60_000;
/** How long after its deadline a platform may take to end a Job that runs. */
const endGraceMs = 300_000;
/** Attempts before the present one that are looked at. */
const formerMost = 20;
/** How long a Job waits for the same before that is noted. */
const waitNotedMs = 3_000;

/** A Job that may still act though its time is over: only a person can see to it that it does not. */
export class StillActs extends AppError {
  constructor({ name }: Pick<JobSpec, 'name'>, sentence: string) {
    super(
      'refused',
      `The Job ${name} has not ended, though its deadline is over: make sure that its machine is off or its process gone, remove its pod, then resume. ${sentence}`,
    );
  }
}

/** Of a drive: what launches a Job. */
type Drive = {
  ctx: Pick<Context, 'log' | 'config' | 'clock'> & {
    db: Db;
    launcher(): Promise<Pick<Launcher, 'inspect' | 'stop' | 'launch'>>;
  };
  row: Pick<WorkRow, 'itemId' | 'runId' | 'unit' | 'version' | 'owner' | 'state' | 'begun'>;
  signal: AbortSignal;
};
/** Of a drive: what looks at a Job. */
type Watch = {
  ctx: Pick<Context, 'log'> & { db: Db; launcher(): Promise<Pick<Launcher, 'inspect' | 'stop'>> };
  row: Pick<WorkRow, 'itemId' | 'state'>;
  signal: AbortSignal;
};

/** Steps that take labels away: a run is held before them, and stopped before the first. */
const deletingSteps = stepsWith('deletes');
const heldPollMs = 500;

/**
 * Writes a step's row; the caller acts after it. Waits before one that takes labels away while the run is held. Throws
 * LostDay when the day is not this worker's any more, and StopAsked when it is to stop before this step.
 */
export async function begin(drive: Drive, step: StepName, spec: JobSpec | null = null): Promise<JobSpec | null> {
  const { ctx, row, signal } = drive;
  const mayBeHeld = deletingSteps.includes(step);
  const mayBeStopped = mayBeHeld && stopHere(row, 'step') !== null;
  for (;;) {
    const [begun] = await ctx.db.query(beginStep, [
      row.itemId,
      row.version,
      row.owner ?? '',
      row.state.attempt,
      step,
      spec?.name ?? null,
      spec ? JSON.stringify(spec) : null,
      mayBeHeld,
      mayBeStopped,
    ]);
    if (begun) {
      fault(ctx.config, 'before', step);
      return begun.spec;
    }
    const [gate] = mayBeHeld ? await ctx.db.query(selectGate, [row.itemId, row.version, row.owner ?? '']) : [];
    if (!gate) throw new LostDay();
    if (gate.stop && mayBeStopped) throw new StopAsked();
    await delay(Math.min(heldPollMs, gate.heldMs), signal);
  }
}

/**
 * Launches a step's Job, or takes up the one of that name. An answer that did not come is asked for again under the
 * same name, which is the fence. Throws AppError('conflict') when the name belongs to something else.
 */
export async function launch({ ctx, row, signal }: Drive, step: StepName, wanted: JobSpec): Promise<JobSpec> {
  await seeFormerEnd({ ctx, row, signal }, wanted);
  await space({ ctx, row, signal }, wanted.name);
  const spec = (await begin({ ctx, row, signal }, step, wanted)) ?? wanted;
  const launcher = await ctx.launcher();
  const asksAgain = patienceOf(launchMs, 0, (error) =>
    ctx.log.warn({ err: error, job: spec.name }, 'the launch was not answered; asking again under the same name'),
  );
  const { outcome } = await patiently(asksAgain, () => launcher.launch(spec), signal);
  ctx.log.info({ job: spec.name, outcome, unit: row.unit }, 'job');
  return spec;
}

/** Waits for the Jobs of former attempts that still run, since two would act on one day. Throws StillActs. */
async function seeFormerEnd(drive: Drive, wanted: JobSpec): Promise<void> {
  const { ctx, row } = drive;
  const names = Array.from({ length: Math.min(formerMost, row.state.attempt - 1) }, (_, back) =>
    jobName({ kind: wanted.kind, ...row, attempt: row.state.attempt - 1 - back }),
  );
  if (names.length === 0) return;
  const former = await (await ctx.launcher()).inspect(names);
  for (const { name, state } of former)
    if (state === 'running' || state === 'pending') await watchJob(drive, { ...wanted, name });
}

/** Waits before a Job whose former attempt died, unless it was launched before a worker was replaced. */
async function space({ ctx, row, signal }: Drive, name: string): Promise<void> {
  const waitMs = spacingMs(row.state, ctx.clock.now());
  if (waitMs === 0 || (await inspect(ctx, await ctx.launcher(), name))?.state !== 'unknown') return;
  await delay(waitMs, signal);
}

/**
 * Looks at a Job until it is over or `seen` says that enough is known; `null` then. A Job that left no trace is
 * `unknown`: what it did is for the data to say. What one waits for that does not start is noted at its step. Throws
 * StillActs for one that does not end, such as on a node that is lost.
 */
export async function watchJob(
  drive: Watch,
  spec: JobSpec,
  seen: (status: JobStatus) => Promise<boolean> = async () => false,
): Promise<JobStatus | null> {
  const { ctx, signal } = drive;
  const launcher = await ctx.launcher();
  const note = noteWaits(drive);
  let knownAt = performance.now();
  let waited: string | null = null;
  let endsBy: number | null = null;
  const startsBy = knownAt + spec.deadlineSeconds * 1_000 + startGraceMs;
  for (let waitMs = pollMs.first; ; waitMs = Math.min(pollMs.most, waitMs * pollMs.factor)) {
    const status = await inspect(ctx, launcher, spec.name);
    if (status?.state !== 'unknown') knownAt = performance.now();
    const lost = performance.now() - knownAt > unknownMs;
    if (status?.state === 'failed') return waited === null ? status : neverStarted(status, waited);
    if (status && (status.state === 'succeeded' || lost)) return status;
    if (status?.state === 'pending') waited = status.sentence;
    if (status?.startedAt) waited = null;
    if (status?.startedAt || status?.state === 'running') {
      const over = status.startedAt ? performance.now() + spec.deadlineSeconds * 1_000 : startsBy;
      endsBy ??= over + endGraceMs;
    }
    note(waited);
    if (status && endsBy !== null && performance.now() > endsBy) throw new StillActs(spec, status.sentence);
    // NOTE: a Job that is suspended has no deadline of its own.
    if (status?.state === 'pending' && performance.now() > startsBy) {
      await launcher.stop(spec.name);
      return { ...status, state: 'failed', sentence: `${status.sentence} It did not start in time and was ended.` };
    }
    if (status && (await seen(status))) return null;
    await delay(waitMs, signal);
  }
}

/** A Job that was ended before it began says no more of why than what it waited for last. */
const neverStarted = (status: JobStatus, waited: string): JobStatus =>
  status.exitCode === null && !status.passing
    ? { ...status, sentence: `${status.sentence} Before that: ${waited}` }
    : status;

/** Writes down what a Job waits for once that has lasted a while, and that it waits no more. */
function noteWaits({ ctx, row }: Watch): (sentence: string | null) => void {
  const { status } = row.state;
  let since = performance.now();
  let last: string | null = null;
  let noted = '';
  return (sentence) => {
    if (sentence !== last) since = performance.now();
    last = sentence;
    const lasts = sentence === null || performance.now() - since > waitNotedMs;
    if (!lasts || (sentence ?? '') === noted || !isWorking(status)) return;
    noted = sentence ?? '';
    ctx.db
      .query(noteStep, [row.itemId, row.state.attempt, states[status].step, noted, '{}'])
      .catch((error) => ctx.log.warn({ err: error }, 'what a job waits for was not noted'));
  };
}

/** One status, or null when the platform did not answer: not an answer about the Job. */
async function inspect(
  ctx: Pick<Context, 'log'>,
  launcher: Pick<Launcher, 'inspect'>,
  name: string,
): Promise<JobStatus | null> {
  try {
    return (await launcher.inspect([name]))[0] ?? null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ err: error, job: name }, 'the launcher did not answer');
    return null;
  }
}

/** The log tail of a Job, kept with its step before anything is cleaned; '' when it cannot be read. */
export async function logOf(ctx: Context, name: string): Promise<string> {
  const launcher = await ctx.launcher();
  return launcher.logs(name, logLines).catch((error) => {
    ctx.log.warn({ err: error, job: name }, 'the log of a job could not be read');
    return '';
  });
}

const ofFailure = /\b(error|exception|violated|failed|refused|denied|cannot|timed out)\b/i;

/** The last line that a person can read, as a sentence: of the last five the one that tells of a failure. */
export function lastWords(log: string): string {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter((line) => /\p{L}/u.test(line) && !line.startsWith('{'));
  // NOTE: ClickHouse writes "Wrote 180 rows" under the error of an insert that wrote none.
  const words = lines.slice(-5).findLast((line) => ofFailure.test(line)) ?? lines.at(-1) ?? '';
  return words
    .slice(0, 300)
    .replace(/[\s:,;]+$/, '')
    .replace(/[^.!?]$/, '$&.');
}
