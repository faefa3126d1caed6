import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { ClickHouse } from '@/lib/clickhouse/client';
import { childEnvironment, loadConfig } from '@/lib/config';
import { createContext } from '@/lib/context';
import { workScans } from '@/lib/detection/scan/work-scans';
import { scheduleRound } from '@/lib/detection/schedule/schedule-round';
import { startClickHouse } from '@/lib/embedded/clickhouse/start';
import { startPostgres } from '@/lib/embedded/postgres/start';
import { writePrivateJson } from '@/lib/embedded/private-file';
import { migrationsFolder } from '@/lib/embedded/root';
import { createLog } from '@/lib/log';
import { every, poll } from '@/lib/poll';
import { migrate } from '@/lib/postgres/migrate';
import { runFilePath } from '@/lib/run-file';
import { type Usage, usageOf } from '../usage';

const mint = () => randomBytes(12).toString('base64url');
const log = createLog('bench', 'error');

export type WatchStack = Awaited<ReturnType<typeof startWatchStack>>;

/**
 * The real engines, and in this process what a worker does for scans. Its clock can be moved ahead, so that a day passes
 * in minutes. Nothing is settling: a change can be judged at once.
 */
export async function startWatchStack(dataDir: string) {
  const users = { slc_reader: mint(), slc_labeler: mint(), slc_deleter: mint(), admin: mint() };
  const clickhouse = await startClickHouse({ dataDir: join(dataDir, 'clickhouse'), users, log });
  const postgres = await startPostgres({ dataDir, log });
  const { url, ownerUrl, chatsUrl, chatsOwnerUrl } = postgres;
  await migrate({ url, ownerUrl, folder: migrationsFolder(), log, application: 'slc-migrate' });
  writePrivateJson(runFilePath(dataDir), {
    supervisorPid: process.pid,
    startedAt: new Date().toISOString(),
    webUrl: 'http://127.0.0.1:3000',
    clickhouseUrl: clickhouse.url,
    clickhouseUsers: users,
    postgresUrl: url,
    chatsUrl,
    chatsOwnerUrl,
  });
  const config = loadConfig(childEnvironment({ SLC_DATA_DIR: dataDir, SLC_SAFETY_MARGIN_MINUTES: '0' }));
  const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
  const ctx = createContext({ process: 'worker', config, log, clock });
  const admin = new ClickHouse({ url: clickhouse.url, user: { name: 'admin', password: users.admin }, log });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  await workScans(ctx, stop.signal);
  const pids = { clickhouse: [clickhouse.pid], postgres: [postgres.pid], worker: [process.pid] };
  return {
    ctx,
    clock,
    admin,
    signal: stop.signal,
    usage: (): Promise<Usage> => usageOf({ clickhouse: admin, db: ctx.db, pids }),
    async stop() {
      stop.abort(new Error('the bench ends'));
      await ctx.close();
      await admin.close();
      await Promise.all([clickhouse.stop(), postgres.stop()]);
    },
  };
}

const unfinished = "SELECT count(*)::int AS n FROM scans WHERE status IN ('queued', 'running')";

/** Rounds of the schedule until nothing is due, and every scan has ended. Returns the milliseconds that it took. */
export async function untilQuiet({ ctx, signal }: WatchStack): Promise<number> {
  const startedAt = performance.now();
  await poll({ ...every(100), signal }, async () => {
    const { more, looked, requested } = await scheduleRound(ctx, signal);
    if (more || looked + requested > 0) return null;
    return (await ctx.db.pool.query(unfinished)).rows[0]?.n === 0 ? true : null;
  });
  return performance.now() - startedAt;
}

/** What was used between two looks. */
export function usedBetween(before: Usage, after: Usage) {
  const cpu = (part: string) => (after.cpuMs[part] ?? 0) - (before.cpuMs[part] ?? 0);
  return {
    engineCpuMs: cpu('clickhouse'),
    postgresCpuMs: cpu('postgres'),
    workerCpuMs: cpu('worker'),
    statements: after.statements - before.statements,
    transactions: after.transactions - before.transactions,
  };
}
