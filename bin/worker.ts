import { workBackfills } from '@/lib/backfill/work-backfills';
import { workHeartbeat } from '@/lib/backfill/work-heartbeat';
import { AppError } from '@/lib/errors';
import { createContext } from '@/lib/server/context';

/**
 * The worker: it alone launches, watches and verifies. SIGTERM and SIGINT hand every day in hand over at once; its
 * Jobs run on.
 */
async function main(): Promise<void> {
  const ctx = createContext({ process: 'worker' });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  const stopped = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const heartbeat = workHeartbeat(ctx, stop.signal);
  await workBackfills(ctx, stop.signal);
  ctx.log.info('the worker is ready');
  await stopped;
  await heartbeat;
  await ctx.close();
}

main().catch((error) => {
  const sentence = error instanceof AppError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
