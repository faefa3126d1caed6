import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { getRun } from '@/lib/backfill/get-run';
import { type StepName, strategySteps } from '@/lib/backfill/model';
import { workBackfills } from '@/lib/backfill/work-backfills';
import type { Customer } from '@/lib/customers/model';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { classifyScope } from '@/lib/detection/classify-scope';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { JobFolder, jobsDirOf } from '@/lib/jobs/process/folder';
import { backupDigest } from '@/lib/mutations/backup-digest';
import { countLabelRows } from '@/lib/mutations/count-label-rows';
import { backupIdOf, mutationTag } from '@/lib/mutations/model';
import { mutationProgress } from '@/lib/mutations/mutation-progress';
import { processesWith, signal as sendSignal } from '@/lib/processes';
import { type TestContext, testContext } from '../support/context';
import { dayOfIncident, incidentOf, reached, start } from '../support/repair';
import { until } from '../support/until';

const rows = 50;
const started: ChildProcess[] = [];
const contexts: TestContext[] = [];

/** A worker of its own; `fault` ends it with SIGKILL at that point. */
function spawnWorker(ctx: TestContext, fault?: string) {
  const child = spawn(process.execPath, ['dist/worker.mjs'], {
    env: { ...process.env, ...ctx.env, ...(fault ? { SLC_FAULT: fault } : {}) },
    stdio: 'ignore',
  });
  started.push(child);
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `${code}`)));
  return { child, ended };
}

/** Databases of its own and a day of 50 rows; the ClickHouse is shared. */
async function stage(): Promise<{ ctx: TestContext; customer: Customer }> {
  const ctx = await testContext({ process: 'worker' });
  contexts.push(ctx);
  return { ctx, customer: await incidentOf(ctx, { conversations: rows }) };
}

/** Works in this process until the run stands in one of the statuses. */
async function relieve(ctx: TestContext, runId: string, statuses: Parameters<typeof reached>[2] = ['verified']) {
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
async function killJobs(ctx: TestContext, kind: string, killed = new Set<string>()): Promise<boolean> {
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

async function mutationsOf(ctx: TestContext, customer: Customer, runId: string, attempts = 4) {
  const tables = await readTables(ctx, customer);
  const all = await Promise.all(
    Array.from({ length: attempts }, (_, at) =>
      mutationProgress(ctx, { tables, tag: mutationTag({ runId, day: incidentDay, attempt: at + 1 }) }),
    ),
  );
  return all.flat();
}

/** No row lost, none twice, one delete that took effect, a proven backup: counted apart from what the run says. */
async function expectWhole(ctx: TestContext, customer: Customer, runId: string): Promise<void> {
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

afterAll(async () => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await Promise.all(contexts.map((ctx) => ctx.close()));
});

describe('a worker killed with SIGKILL', { timeout: 400_000 }, () => {
  const points = strategySteps.replace.flatMap((step) => [['before', step] as const, ['after', step] as const]);

  it.concurrent.each(points)(
    '%s its %s loses no row, repeats nothing, and the next one verifies the day',
    async (point, step: StepName) => {
      const { ctx, customer } = await stage();
      const { ended } = spawnWorker(ctx, `${point}:${step}`);
      const runId = await start(ctx, dayOfIncident(customer));
      expect(await ended).toBe('SIGKILL');
      const run = await relieve(ctx, runId);
      expect(run.items[0]).toMatchObject({
        attempt: 1,
        evidence: { labelRows: rows, lost: 0, stale: 0, duplicates: 0 },
      });
      expect(jobsOf(ctx)).toEqual(['backup', 'delete', 'relabel']);
      await expectWhole(ctx, customer, runId);
    },
  );

  it.concurrent('and frozen instead changes nothing when it wakes after another took the day', async () => {
    const { ctx, customer } = await stage();
    const { child, ended } = spawnWorker(ctx);
    const runId = await start(ctx, dayOfIncident(customer));
    await until('the backup began', async () => (await getRun(ctx, runId)).items[0]?.status === 'backing up');
    child.kill('SIGSTOP');
    const run = await relieve(ctx, runId);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    expect(['0', 'SIGTERM']).toContain(await ended);
    expect(await getRun(ctx, runId)).toMatchObject({ status: 'verified', events: { length: run.events.length } });
    expect(jobsOf(ctx)).toEqual(['backup', 'delete', 'relabel']);
    await expectWhole(ctx, customer, runId);
  });
});

describe('two workers', { timeout: 400_000 }, () => {
  it.concurrent('hand a day over on SIGTERM', async () => {
    const { ctx, customer } = await stage();
    const first = spawnWorker(ctx);
    const runId = await start(ctx, dayOfIncident(customer));
    await until('the delete began', async () =>
      ['deleting', 'waiting for mutation'].includes((await getRun(ctx, runId)).items[0]?.status ?? ''),
    );
    first.child.kill('SIGTERM');
    const second = relieve(ctx, runId);
    expect(['0', 'SIGTERM']).toContain(await first.ended);
    await second;
    expect(jobsOf(ctx)).toEqual(['backup', 'delete', 'relabel']);
    await expectWhole(ctx, customer, runId);
  });
});

describe('a Job killed with SIGKILL', { timeout: 400_000 }, () => {
  const relabelled = async (ctx: TestContext, customer: Customer) => {
    const run = await ctx.db.pool.query('SELECT status FROM backfill_items');
    if (run.rows[0]?.status !== 'relabelling') return false;
    const tables = await readTables(ctx, customer);
    return (await countLabelRows(ctx, { scope: scopeOf(customer, incidentDay, '2026-02-11'), tables })) > 0;
  };
  const effects: Record<string, (ctx: TestContext, customer: Customer, runId: string) => Promise<boolean>> = {
    backup: async (ctx, customer, runId) => {
      const tables = await readTables(ctx, customer);
      const backupId = backupIdOf({ runId, day: incidentDay, attempt: 1 });
      return backupDigest(ctx, { tables, backupId }).then(
        (digest) => digest.rows > 0,
        () => false,
      );
    },
    delete: async (ctx, customer, runId) => (await mutationsOf(ctx, customer, runId, 1)).length > 0,
    relabel: relabelled,
  };

  it.concurrent.each(Object.keys(effects))(
    'before its %s took effect is tried again as a new attempt',
    async (kind) => {
      const { ctx, customer } = await stage();
      const runId = await start(ctx, dayOfIncident(customer));
      const verified = relieve(ctx, runId);
      await until(`the ${kind} Job is there`, () => killJobs(ctx, kind));
      const run = await verified;
      expect(run.items[0]?.attempt).toBe(2);
      expect(jobsOf(ctx).filter((name) => name === kind)).toHaveLength(2);
      await expectWhole(ctx, customer, runId);
    },
  );

  it.concurrent.each(Object.keys(effects))(
    'after its %s took effect repeats no delete and loses no row',
    async (kind) => {
      const { ctx, customer } = await stage();
      const runId = await start(ctx, dayOfIncident(customer));
      const verified = relieve(ctx, runId);
      await until(`the ${kind} took effect`, () => effects[kind]?.(ctx, customer, runId) ?? false);
      await killJobs(ctx, kind);
      await verified;
      await expectWhole(ctx, customer, runId);
    },
  );

  it.concurrent('three times before it deletes anything asks a person, with all rows in place', async () => {
    const { ctx, customer } = await stage();
    const runId = await start(ctx, dayOfIncident(customer));
    const stopped = relieve(ctx, runId, ['needs attention']);
    const killed = new Set<string>();
    await until(
      'three Jobs are killed',
      async () => (await killJobs(ctx, 'delete', killed)) && killed.size === 3,
      240_000,
    );
    const run = await stopped;
    expect(run.items[0]).toMatchObject({ status: 'needs attention', attempt: 3 });
    expect(run.items[0]?.failure).toMatch(/died before it deleted anything.*tried 3 times/);
    expect(run.controls).toEqual(['resume', 'retry', 'close']);
    expect(jobsOf(ctx).filter((name) => name === 'delete')).toHaveLength(3);
    const tables = await readTables(ctx, customer);
    expect(await countLabelRows(ctx, { scope: scopeOf(customer, incidentDay, '2026-02-11'), tables })).toBe(rows);
    expect(await mutationsOf(ctx, customer, runId)).toEqual([]);
  });
});
