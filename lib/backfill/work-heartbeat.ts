import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { delay } from '@/lib/clock';
import type { Context } from '@/lib/server/context';
import { stopWorker, upsertWorker } from './sql/runs';

const everyMs = 5_000;

/** Renews this worker's row until `signal` aborts, and marks it as stopped then. Health reads the rows. */
export async function workHeartbeat(ctx: Context, signal: AbortSignal): Promise<void> {
  const id = randomUUID();
  while (!signal.aborted) {
    await ctx.db
      .query(upsertWorker, [id, hostname(), process.pid])
      .catch((error) => ctx.log.warn({ err: error }, 'the heartbeat was not written'));
    await delay(everyMs, signal).catch(() => undefined);
  }
  await ctx.db.query(stopWorker, [id]).catch(() => undefined);
}
