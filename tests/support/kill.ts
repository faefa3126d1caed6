import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { expect, inject } from 'vitest';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import type { RunStatus } from '@/lib/backfill/state/model';
import { delay } from '@/lib/clock';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { JobFolder, jobsDirOf } from '@/lib/jobs/process/folder';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { backupIdOf, dayTag } from '@/lib/label-store/model';
import { mutationProgress } from '@/lib/label-store/mutation-progress';
import { processesWith, signal as sendSignal } from '@/lib/processes';
import { clickhouseProxy } from './clickhouse-proxy';
import { type TestContext, testContext } from './context';
import { dayOfIncident, incidentOf, labelRowsOf, reached, start } from './repair';

const started: ChildProcess[] = [];
const contexts: TestContext[] = [];
const proxies: Awaited<ReturnType<typeof clickhouseProxy>>[] = [];

/** Starts a separate worker process; `fault` kills it with SIGKILL at that point. */
export function spawnWorker(ctx: TestContext, fault?: string) {
  const child = spawn(process.execPath, ['dist/worker.mjs'], {
    env: { ...process.env, ...ctx.env, ...(fault ? { SLC_FAULT: fault } : {}) },
    stdio: 'ignore',
  });
  started.push(child);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `${code}`)));
  return { child, ended };
}

/** The statement by which a kind of Job takes effect, and the user who sends it. */
const effects = {
  backup: { by: 'slc_deleter', statement: /INSERT INTO/ },
  delete: { by: 'slc_deleter', statement: /ALTER TABLE[\s\S]* DELETE/ },
  relabel: { by: 'slc_labeler', statement: /INSERT INTO/ },
};
export type EffectKind = keyof typeof effects;

/**
 * A test with its own databases, a day of `rows` label rows, and what may happen to it; the ClickHouse is shared.
 * With `hold`, a Job of that kind takes no effect before `release`: its statement reaches ClickHouse's door and never
 * ClickHouse.
 */
export async function stageOf(rows: number, { hold }: { hold?: EffectKind } = {}) {
  let held = hold && effects[hold];
  const proxy = held
    ? await clickhouseProxy(inject('engines').clickhouseUrl, (sql, user) =>
        held?.by === user && held.statement.test(sql) ? { kind: 'hold request' } : { kind: 'pass' },
      )
    : null;
  if (proxy) proxies.push(proxy);
  const ctx = await testContext({ process: 'worker', env: proxy ? { CLICKHOUSE_URL: proxy.url } : {} });
  contexts.push(ctx);
  const customer = await incidentOf(ctx, { conversations: rows });
  // A ClickHouse that is given by its address may have another labeler, which a person has to confirm.
  const confirmed = proxy ? ['labeler-running'] : [];
  return {
    ctx,
    customer,
    begin: (request?: Parameters<typeof dayOfIncident>[1]) => start(ctx, dayOfIncident(customer, request), confirmed),
    spawnWorker: (fault?: string) => spawnWorker(ctx, fault),
    relieve: (runId: string, statuses?: RunStatus[]) => relieve(ctx, runId, statuses),
    /** Resolves once a Job waits at the door with its statement. */
    holding: () => proxy?.treated(),
    release: () => {
      held = undefined;
    },
    killJobs: (kind: string, killed?: Set<string>) => killJobs(ctx, kind, killed),
    jobs: () => jobsOf(ctx),
    mutations: (runId: string) => mutationsOf(ctx, customer, runId),
    labelRows: () => labelRowsOf(ctx, customer),
    expectRepaired: (runId: string) => expectRepaired(ctx, customer, runId, rows),
  };
}

export type Stage = Awaited<ReturnType<typeof stageOf>>;

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
  await Promise.all(proxies.map((proxy) => proxy.close()));
}
