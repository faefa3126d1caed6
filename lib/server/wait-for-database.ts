import { delay } from '@/lib/clock';
import { AppError } from '@/lib/errors';
import type { Context } from './context';
import { readPostgresIdentity } from './sql';

const firstWaitMs = 500;
const longestWaitMs = 10_000;

/** Returns once the console's database answers, however long that takes; ends with the signal's reason. */
export async function waitForDatabase(ctx: Pick<Context, 'db' | 'log'>, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    try {
      await ctx.db.query(readPostgresIdentity, []);
      return;
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'unavailable')) throw error;
      ctx.log.warn({ err: error.cause, againInMs: waitMs }, `${error.message} It is asked again until it does.`);
      await delay(waitMs, signal);
    }
  }
}
