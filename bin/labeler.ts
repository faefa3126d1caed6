import './support/version-option';

import { systemClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import { AppError, messageOf } from '@/lib/errors';
import { createLabelerContext, labelConversations } from '@/lib/labeler/label-conversations';
import { createLog } from '@/lib/log';

/**
 * The reference labeler: `node dist/labeler.mjs`, with the cron's three variables. Prints a line for each batch and one
 * line of JSON at the end. Exit codes: 0 done, 1 failed, 2 a variable or customer is not usable, 3 an engine does not
 * answer, 130 or 143 stopped by SIGINT or SIGTERM. What it wrote stays, and a second run replaces it.
 */
const exitCodes: Partial<Record<AppError['code'], number>> = { invalid_input: 2, not_found: 2, unavailable: 3 };
const signalCodes = { SIGINT: 130, SIGTERM: 143 } as const;

const stop = new AbortController();
let exitCode = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    exitCode = signalCodes[signal];
    stop.abort(new Error(`stopped by ${signal}`));
  });

const print = (line: string) => process.stdout.write(`${line}\n`);

try {
  const config = loadConfig();
  const ctx = createLabelerContext(config, createLog('labeler', config.logLevel), systemClock);
  try {
    print(JSON.stringify(await labelConversations(ctx, { progress: print, signal: stop.signal })));
  } finally {
    await ctx.close();
  }
} catch (error) {
  if (exitCode === 0) exitCode = (error instanceof AppError && exitCodes[error.code]) || 1;
  process.stderr.write(`${messageOf(error)}\n`);
}
process.exitCode = exitCode;
