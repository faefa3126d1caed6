import { patienceOf } from '@/lib/clickhouse/patience';
import type { Context } from '@/lib/context';
import { messageOf } from '@/lib/errors';
import type { JobExit } from '@/lib/label-store/model';
import type { Patience } from '@/lib/patience';

/** What a Job of this project works with. `clickhouse` is the deleter's connection. */
export type JobContext = Pick<Context, 'config' | 'clock' | 'clickhouse'>;

export type JobRun = {
  ctx: JobContext;
  /** A line for the engineer who watches. */
  say(line: string): void;
  /** Aborted by SIGTERM; looked at where it is safe to end. */
  signal: AbortSignal;
};

/** How a Job ends other than well: its exit, a sentence, and the technical reason as `cause`. */
export class JobEnd extends Error {
  readonly exit: JobExit;
  readonly numbers: Record<string, number>;

  constructor(exit: JobExit, sentence: string, options: { numbers?: Record<string, number>; cause?: unknown } = {}) {
    super(sentence, { cause: options.cause });
    this.name = 'JobEnd';
    this.exit = exit;
    this.numbers = options.numbers ?? {};
  }
}

/** How long a Job asks again by itself, in milliseconds; the worker then waits and takes the next attempt. */
export const askAgainMs = 20_000;

/** A Job's patience; it says each reason once. */
export function jobPatience(say: (line: string) => void): Patience {
  let said = '';
  return patienceOf(askAgainMs, askAgainMs, (error) => {
    const line = `${messageOf(error)} Asking again.`;
    if (line !== said) say(line);
    said = line;
  });
}

/** Ends the Job here if it was asked to stop. */
export function stopHere(signal: AbortSignal, what: string): void {
  if (signal.aborted) throw new JobEnd('stopped', `Stopped. ${what}`);
}
