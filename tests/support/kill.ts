import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'vitest';
import type { RunStatus } from '@/lib/backfill/model';
import { workBackfills } from '@/lib/backfill/work-backfills';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/classify-scope';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { JobFolder, jobsDirOf } from '@/lib/jobs/process/folder';
import { backupDigest } from '@/lib/mutations/backup-digest';
import { backupIdOf, dayTag } from '@/lib/mutations/model';
import { mutationProgress } from '@/lib/mutations/mutation-progress';
import { processesWith, signal as sendSignal } from '@/lib/processes';
import { type TestContext, testContext } from './context';
import { dayOfIncident, incidentOf, labelRowsOf, reached, start } from './repair';

const started: ChildProcess[] = [];
const contexts: TestContext[] = [];

/** A worker of its own; `fault` ends it with SIGKILL at that point. */
export function spawnWorker(ctx: TestContext, fault?: string) {
  const child = spawn(process.execPath, ['dist/worker.mjs'], {
    env: { ...process.env, ...ctx.env, ...(fault ? { SLC_FAULT: fault } : {}) },
    stdio: 'ignore',
  });
  started.push(child);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `${code}`)));
  return { child, ended };
}

/** Databases of its own, a day of `rows` label rows, and what may happen to it; the ClickHouse is shared. */
export async function stageOf(rows: number) {
  const ctx = await testContext({ process: 'worker' });
  contexts.push(ctx);
  const customer = await incidentOf(ctx, { conversations: rows });
  return {
    ctx,
    customer,
    begin: (request?: Parameters<typeof dayOfIncident>[1]) => start(ctx, dayOfIncident(customer, request)),
    spawnWorker: (fault?: string) => spawnWorker(ctx, fault),
    relieve: (runId: string, statuses?: RunStatus[]) => relieve(ctx, runId, statuses),
    killJobs: (kind: string, killed?: Set<string>) => killJobs(ctx, kind, killed),
    jobs: () => jobsOf(ctx),
    mutations: (runId: string) => mutationsOf(ctx, customer, runId),
    labelRows: () => labelRowsOf(ctx, customer),
    expectRepaired: (runId: string) => expectRepaired(ctx, customer, runId, rows),
  };
}

export type Stage = Awaited<ReturnType<typeof stageOf>>;

/** Works in this process until the run stands in one of the statuses. */
async function relieve(ctx: TestContext, runId: string, statuses: RunStatus[] = ['verified']) {
  const stop = new AbortController();
  await workBackfills(ctx, stop.signal);
  const run = await reached(ctx, runId, statuses, 240_000);
  stop.abort(new Error('relieved'));
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
    sendSignal(processesWith(`${folder.marker.name}=${folder.marker.value}`), 'SIGKILL');
    killed.add(name);
  }
  return killed.size > before;
}

/** The deletes that a run submitted for the incident's day, whatever their attempt and batch. */
async function mutationsOf(ctx: TestContext, customer: Customer, runId: string) {
  const tables = await readTables(ctx, customer);
  return mutationProgress(ctx, { tables, tag: dayTag({ runId, day: incidentDay }), under: true });
}

/** No row lost, none twice, one delete that took effect, a proven backup: counted apart from what the run says. */
async function expectRepaired(ctx: TestContext, customer: Customer, runId: string, rows: number): Promise<void> {
  const scope = scopeOf(customer, incidentDay, '2026-02-11');
  const tables = await readTables(ctx, customer);
  const { days } = await classifyScope(ctx, scope, { tables });
  expect(days[0]).toMatchObject({ conversations: rows, affected: 0 });
  const counted = await ctx.admin.client.query({
    query: `SELECT toUInt32(count()) AS labels, toUInt32(uniqExact(conversation_id)) AS ids,
        toUInt32(countIf(conversation_id IN (SELECT conversation_id FROM ${customer.database}.conversation_d))) AS known
      FROM ${customer.database}.conversation_with_labels FINAL`,
    format: 'JSONEachRow',
  });
  expect(await counted.json()).toEqual([{ labels: rows, ids: rows, known: rows }]);
  expect(await mutationsOf(ctx, customer, runId)).toHaveLength(1);
  const backups = await Promise.all(
    [1, 2, 3, 4].map((attempt) =>
      backupDigest(ctx, { tables, backupId: backupIdOf({ runId, day: incidentDay, attempt }) }),
    ),
  );
  expect(backups.some((backup) => backup.rows === rows)).toBe(true);
  expect(backups.every((backup) => backup.rows <= rows)).toBe(true);
}

/** Ends every worker that a test started, and closes what it opened. */
export async function endKills(): Promise<void> {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await Promise.all(contexts.map((ctx) => ctx.close()));
}
