import { patienceOf } from '@/lib/clickhouse/patience';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { patiently } from '@/lib/patience';
import { poll } from '@/lib/poll';
import type { Launcher } from './launcher';
import type { JobSpec, JobStatus } from './model';

const logLines = 200;
/**
 * A unit waits for three or four Jobs of half a second each, so their ends are seen within a tenth of that; sooner where
 * a look only reads a file.
 */
const watchPaces = { kubernetes: { firstMs: 30, factor: 1.1 }, process: { firstMs: 20, factor: 1.02, mostMs: 200 } };
const enoughEveryMs = 1_000;
/** How long a launched Job may be unknown before it counts as lost: a platform may list it a moment late. */
const unknownMs = 5_000;
/** How long a launch that is not answered is asked for again. */
const launchMs = 30_000;
/** How long after its deadline a platform may take to end a Job that has not started. */
const startGraceMs = 60_000;
/** How long after its deadline a platform may take to end a Job that runs. */
const endGraceMs = 300_000;
/** How long a Job waits for the same before that is noted. */
const waitNotedMs = 3_000;

/** A Job that may still act though its time is over: only a person can make sure that it does not. */
export class StillActs extends AppError {
  constructor({ name }: Pick<JobSpec, 'name'>, sentence: string) {
    super(
      'refused',
      `The Job ${name} has not ended, though its deadline is over: make sure that its machine is off or its process gone, remove its pod, then try again. ${sentence}`,
    );
  }
}

/** How a Job ended, and the end of what it printed ('' when that cannot be read). */
export type EndedJob = { job: JobStatus; log: string };

type On = {
  launcher: Pick<Launcher, 'platform' | 'inspect' | 'stop' | 'launch' | 'logs'>;
  log: Log;
  signal?: AbortSignal;
};
type Watching = {
  /** Hears what the Job waits for once that has lasted a while, and '' when it waits no more. */
  note?(sentence: string): void;
  /** Asked once a second of a Job that has not ended: true when enough is known, and the Job is left to itself. */
  enough?(): Promise<boolean>;
};
type Options = Watching & {
  /** Names of earlier Jobs that must not act beside this one: those that still run are seen to their end first. */
  former?: string[];
  /** Writes down that the Job begins, right before its launch; answers the spec to launch. */
  begin?(): Promise<JobSpec>;
};

/**
 * The one way to run a Job: launches it, or adopts the one of its name, and watches it until it is over. A launch that
 * is not answered is asked for again under the same name, which is the fence. A Job that left no trace ends as
 * `unknown`: the data say what it did. Throws StillActs for a Job that does not end, such as one on a lost node,
 * AppError('conflict') when the name belongs to something else, and the signal's reason; the Job runs on then.
 */
export async function runToEnd(on: On, wanted: JobSpec, options: Options = {}): Promise<EndedJob> {
  const { launcher, log, signal } = on;
  const { former = [] } = options;
  await seeToEnd(on, former, wanted, options.note);
  const spec = (await options.begin?.()) ?? wanted;
  const asksAgain = patienceOf(launchMs, 0, (error) =>
    log.warn({ err: error, job: spec.name }, 'the launch was not answered; asking again under the same name'),
  );
  const { outcome } = await patiently(asksAgain, () => launcher.launch(spec), signal);
  log.info({ job: spec.name, outcome }, 'job');
  const job = await watch(on, spec, options);
  return { job, log: await logOf(on, spec.name) };
}

/** Watches those of these Jobs that still run until none does. Throws as `runToEnd` does. */
export async function seeToEnd(
  on: On,
  names: string[],
  { deadlineSeconds }: Pick<JobSpec, 'deadlineSeconds'>,
  note?: Watching['note'],
): Promise<void> {
  if (names.length === 0) return;
  for (const { name, state } of await on.launcher.inspect(names))
    if (state === 'running' || state === 'pending') await watch(on, { name, deadlineSeconds }, { note });
}

/** Looks at a Job until it is over. A suspended one has no deadline, so it is stopped at ours. */
function watch(
  { launcher, log, signal }: On,
  spec: Pick<JobSpec, 'name' | 'deadlineSeconds'>,
  { note, enough }: Watching,
): Promise<JobStatus> {
  const notes = noteOnce(note);
  let knownAt = performance.now();
  let askedAt = knownAt;
  let waited: string | null = null;
  let endsBy: number | null = null;
  const deadlineMs = spec.deadlineSeconds * 1_000;
  const startsBy = knownAt + deadlineMs + startGraceMs;
  return poll({ ...watchPaces[launcher.platform], signal }, async () => {
    const status = await statusOf(launcher, log, spec.name);
    if (status?.state !== 'unknown') knownAt = performance.now();
    if (!status) return null;
    if (status.state === 'failed') return waited === null ? status : neverStarted(status, waited);
    if (status.state === 'succeeded' || performance.now() - knownAt > unknownMs) return status;
    if (status.state === 'pending') waited = status.sentence;
    if (status.startedAt) waited = null;
    if (status.startedAt || status.state === 'running')
      endsBy ??= (status.startedAt ? performance.now() + deadlineMs : startsBy) + endGraceMs;
    notes(waited);
    if (endsBy !== null && performance.now() > endsBy) throw new StillActs(spec, status.sentence);
    if (status.state === 'pending' && performance.now() > startsBy) {
      await launcher.stop(spec.name);
      return { ...status, state: 'failed', sentence: `${status.sentence} It did not start in time and was ended.` };
    }
    if (!enough || performance.now() - askedAt < enoughEveryMs) return null;
    askedAt = performance.now();
    return (await enough()) ? status : null;
  });
}

/** A Job that was ended before it began has no more to say about the reason than what it waited for last. */
const neverStarted = (status: JobStatus, waited: string): JobStatus =>
  status.exitCode === null && !status.passing
    ? { ...status, sentence: `${status.sentence} Before that: ${waited}` }
    : status;

function noteOnce(note: Watching['note']): (sentence: string | null) => void {
  let since = performance.now();
  let last: string | null = null;
  let noted = '';
  return (sentence) => {
    if (sentence !== last) since = performance.now();
    last = sentence;
    const lasts = sentence === null || performance.now() - since > waitNotedMs;
    if (!lasts || (sentence ?? '') === noted) return;
    noted = sentence ?? '';
    note?.(noted);
  };
}

/** One status, or null when the platform did not answer: that says nothing about the Job. */
async function statusOf(launcher: Pick<Launcher, 'inspect'>, log: Log, name: string): Promise<JobStatus | null> {
  try {
    return (await launcher.inspect([name]))[0] ?? null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn({ err: error, job: name }, 'the launcher did not answer');
    return null;
  }
}

async function logOf({ launcher, log }: On, name: string): Promise<string> {
  return launcher.logs(name, logLines).catch((error) => {
    log.warn({ err: error, job: name }, 'the log of a job could not be read');
    return '';
  });
}
