import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, inject, type TestContext as VitestContext } from 'vitest';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import type { RunStatus } from '@/lib/backfill/state/model';
import { delay } from '@/lib/clock';
import { type Customer, type CustomerTables, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { JobFolder, jobsDirOf } from '@/lib/jobs/process/folder';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { backupIdOf, unitTagText } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { processesWith, signal as sendSignal } from '@/lib/processes';
import { clickhouseProxy } from './clickhouse-proxy';
import { type TestContext, testContext } from './context';
import { dayOfIncident, incidentOf, labelRowsOf, reached, start, stops } from './repair';

/** Starts a separate worker process; `fault` kills it with SIGKILL at that point. */
export function spawnWorker(ctx: TestContext, fault?: string) {
  const child = spawn(process.execPath, ['dist/worker.mjs'], {
    env: { ...process.env, ...ctx.env, ...(fault ? { SLC_FAULT: fault } : {}) },
    stdio: 'ignore',
  });
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `${code}`)));
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  return { child, ended, kill };
}

/** The statement by which a kind of Job takes effect, and the user who sends it. */
const effects = {
  backup: { by: 'slc_deleter', statement: /INSERT INTO/ },
  delete: { by: 'slc_deleter', statement: /ALTER TABLE[\s\S]* DELETE/ },
  relabel: { by: 'slc_labeler', statement: /INSERT INTO/ },
  restore: { by: 'slc_deleter', statement: /INSERT INTO \S+conversation_with_labels_d`/ },
};
export type EffectKind = keyof typeof effects;

/**
 * A test with its own databases, a day of `rows` label rows, and what may happen to it; the ClickHouse is shared.
 * With `hold`, a Job of that kind takes no effect before `release`: its statement reaches ClickHouse's door and never
 * ClickHouse. All of it is gone with the test.
 */
export async function stageOf(
  { onTestFinished }: Pick<VitestContext, 'onTestFinished'>,
  { rows, hold }: { rows: number; hold?: EffectKind },
) {
  let held = hold && effects[hold];
  const proxy = held
    ? await clickhouseProxy(inject('engines').clickhouseUrl, (sql, user) =>
        held?.by === user && held.statement.test(sql) ? { kind: 'hold request' } : { kind: 'pass' },
      )
    : null;
  const ctx = await testContext({ process: 'worker', env: proxy ? { CLICKHOUSE_URL: proxy.url } : {} });
  const workers: ReturnType<typeof spawnWorker>[] = [];
  onTestFinished(async () => {
    for (const worker of workers) worker.kill();
    await ctx.close();
    await proxy?.close();
  });
  const worker = (fault?: string) => {
    const spawned = spawnWorker(ctx, fault);
    workers.push(spawned);
    return spawned;
  };
  const customer = await incidentOf(ctx, { conversations: rows });
  const tables = await readTables(ctx, customer);
  // A ClickHouse that is given by its address may have another labeler, which a person has to confirm.
  const confirmed = proxy ? ['labeler-running'] : [];
  return {
    ctx,
    customer,
    tables,
    begin: (request?: Parameters<typeof dayOfIncident>[1]) => start(ctx, dayOfIncident(customer, request), confirmed),
    spawnWorker: worker,
    /** Workers follow one another on the run that `begin` starts, and each dies at its point. Returns the run's id. */
    async dieAt(points: readonly string[], begin: () => Promise<string>): Promise<string> {
      let runId = '';
      for (const point of points) {
        const { ended } = worker(point);
        runId ||= await begin();
        const outlived = new AbortController();
        const over = isOver(ctx, runId, outlived.signal);
        expect(await Promise.race([ended, over]), `the end of the worker that dies ${point}`).toBe('SIGKILL');
        outlived.abort();
        await missHeartbeats(ctx);
      }
      return runId;
    },
    relieve: (runId: string, statuses?: RunStatus[]) => relieve(ctx, runId, statuses),
    /** Resolves once a Job waits at the door with its statement. */
    holding: () => proxy?.treated(),
    release: () => {
      held = undefined;
    },
    killJobs: (kind: string, killed?: Set<string>) => killJobs(ctx, kind, killed),
    jobs: () => jobsOf(ctx),
    mutations: (runId: string) => mutationsOf(ctx, tables, runId),
    labelRows: () => labelRowsOf(ctx, customer),
    expectRepaired: (runId: string) => expectRepaired(ctx, { customer, tables, runId, rows }),
  };
}

export type Stage = Awaited<ReturnType<typeof stageOf>>;

/** Resolves with the run's status when nobody works on it any more. */
async function isOver(ctx: TestContext, runId: string, signal: AbortSignal): Promise<RunStatus | undefined> {
  while (!signal.aborted) {
    const { rows } = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
    if (stops.includes(rows[0]?.status)) return rows[0].status;
    await delay(200, signal).catch(() => undefined);
  }
}

/** Makes the queue give up a dead worker's day at once, as it does after ten seconds without a heartbeat. */
export const missHeartbeats = (ctx: TestContext) =>
  ctx.db.pool.query("UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '10 seconds' WHERE state = 'active'");

/**
 * Works in this process until the run has one of the statuses. A test that does something to the run meanwhile awaits
 * the answer later, so a failure waits for them instead of ending all tests as unhandled.
 */
function relieve(ctx: TestContext, runId: string, statuses: RunStatus[] = ['verified']) {
  const work = async () => {
    const stop = new AbortController();
    await workBackfills(ctx, stop.signal);
    try {
      return await reached(ctx, runId, statuses, 240_000);
    } finally {
      stop.abort(new Error('relieved'));
    }
  };
  const run = work();
  run.catch(() => undefined);
  return run;
}

const jobsOf = (ctx: TestContext) =>
  readdirSync(jobsDirOf(ctx.config.dataDir))
    .filter((name) => /^[a-z]/.test(name))
    .map((name) => name.split('-')[0] ?? '')
    .sort();

/** Kills all of the Jobs of a kind that have begun, each once: wrapper and what it runs. True when it killed one. */
export async function killJobs(ctx: TestContext, kind: string, killed = new Set<string>()): Promise<boolean> {
  const jobsDir = jobsDirOf(ctx.config.dataDir);
  if (!existsSync(jobsDir)) return false;
  const before = killed.size;
  for (const name of readdirSync(jobsDir).filter((one) => one.startsWith(`${kind}-`) && !killed.has(one))) {
    const folder = new JobFolder(jobsDir, name);
    if (!(await folder.readClaim())) continue;
    const running = () => processesWith(`${folder.marker.name}=${folder.marker.value}`);
    // The wrapper may start its command between the look and the signal, and the command would live on.
    for (let pids = running(); pids.length > 0; pids = running()) {
      sendSignal(pids, 'SIGKILL');
      await delay(10);
    }
    killed.add(name);
  }
  return killed.size > before;
}

/** The deletes that a run submitted for the incident's day, whatever their attempt and list. */
const mutationsOf = (ctx: TestContext, tables: CustomerTables, runId: string) =>
  mutationProgress(ctx, { tables, tag: unitTagText({ runId, unit: incidentDay }), under: true });

/** No row lost, none twice, one delete that took effect, a proven backup: counted apart from what the run says. */
async function expectRepaired(
  ctx: TestContext,
  of: { customer: Customer; tables: CustomerTables; runId: string; rows: number },
): Promise<void> {
  const { customer, tables, runId, rows } = of;
  const scope = scopeOf(customer, incidentDay, '2026-02-11');
  const { days } = await classifyScope(ctx, scope, { tables });
  expect(days[0]).toMatchObject({ conversations: rows, affected: 0 });
  const counted = await ctx.admin.client.query({
    query: `SELECT toUInt32(count()) AS labels, toUInt32(uniqExact(conversation_id)) AS ids,
        toUInt32(countIf(conversation_id IN (SELECT conversation_id FROM ${customer.database}.conversation_d))) AS known
      FROM ${customer.database}.conversation_with_labels FINAL`,
    format: 'JSONEachRow',
  });
  expect(await counted.json()).toEqual([{ labels: rows, ids: rows, known: rows }]);
  expect(await mutationsOf(ctx, tables, runId)).toHaveLength(1);
  const backups = await Promise.all(
    [1, 2, 3, 4].map((attempt) =>
      backupDigest(ctx, { tables, backupId: backupIdOf({ runId, unit: incidentDay, attempt }) }),
    ),
  );
  expect(backups.some((backup) => backup.rows === rows)).toBe(true);
  expect(backups.every((backup) => backup.rows <= rows)).toBe(true);
}
