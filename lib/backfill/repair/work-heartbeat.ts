import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { unreachableLauncher } from '@/lib/jobs/create-launcher';
import type { LauncherCheck } from '@/lib/jobs/model';
import { atIntervals } from '@/lib/poll';
import { saveWorkerCheck, stopWorker, upsertWorker } from '@/lib/workers/sql';
import { ownTemplate } from '../plan/job-template';

const everyMs = 5_000;
const checkEveryMs = 15_000;

/** In the data folder; its age tells a probe whether the worker's event loop still turns. */
const aliveFile = 'worker-alive';

/**
 * Says until `signal` aborts that this worker lives: renews its row, writes down what its account may do on the
 * platform of Jobs, and touches a file for a probe. Marks the row as stopped then. Health reads the rows.
 */
export async function workHeartbeat(ctx: Context, signal: AbortSignal): Promise<void> {
  const id = randomUUID();
  const each = (ms: number, what: string, work: () => Promise<unknown>) =>
    atIntervals(ms, signal, work, (error) => ctx.log.warn({ err: error }, `${what} was not written`));
  const renew = () => ctx.db.query(upsertWorker, { id, host: hostname(), pid: process.pid });
  await renew().catch(() => undefined);
  // NOTE: not waited for, so that an API server that is slow to answer holds up no hand-over.
  void each(checkEveryMs, 'the check of the launcher', async () =>
    ctx.db.query(saveWorkerCheck, { id, check: JSON.stringify(await check(ctx)) }),
  );
  await Promise.all([
    each(everyMs, 'the file for the probe', () => touch(ctx.config.dataDir)),
    each(everyMs, 'the heartbeat', renew),
  ]);
  await ctx.db.query(stopWorker, { id }).catch(() => undefined);
}

async function touch(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(join(dataDir, aliveFile), '');
}

/** A launcher that cannot even be made is a finding as well. What it makes Jobs from is what plans are made of. */
async function check(ctx: Context): Promise<LauncherCheck> {
  try {
    const found = await (await ctx.launcher()).check();
    return { ...found, template: await ownTemplate(ctx).catch(() => null) };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return unreachableLauncher(ctx.config, error);
  }
}
