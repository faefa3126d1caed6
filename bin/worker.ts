import { workApprovals } from '@/lib/approvals/expire-approvals';
import { workBackfills } from '@/lib/backfill/work-backfills';
import { workBackups } from '@/lib/backfill/work-backups';
import { workHeartbeat } from '@/lib/backfill/work-heartbeat';
import { scheduleScans } from '@/lib/detection/schedule-scans';
import { workScans } from '@/lib/detection/work-scans';
import { AppError } from '@/lib/errors';
import { workMutationSamples } from '@/lib/mutations/sample-mutations';
import { workKills } from '@/lib/mutations/work-kills';
import { createContext } from '@/lib/server/context';

/**
 * The worker: it alone launches, watches, verifies and scans. SIGTERM and SIGINT hand every day and scan in hand over at
 * once; its Jobs run on.
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
  await workScans(ctx, stop.signal);
  await workKills(ctx, stop.signal);
  const scheduling = scheduleScans(ctx, stop.signal);
  const expiring = workApprovals(ctx, stop.signal);
  const dropping = workBackups(ctx, stop.signal);
  const sampling = workMutationSamples(ctx, stop.signal);
  ctx.log.info('the worker is ready');
  await stopped;
  await heartbeat;
  await Promise.all([scheduling, expiring, sampling, dropping]);
  await ctx.close();
}

main().catch((error) => {
  const sentence = error instanceof AppError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
});
