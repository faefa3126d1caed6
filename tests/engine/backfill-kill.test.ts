import { afterAll, describe, expect, it } from 'vitest';
import { getRun } from '@/lib/backfill/get-run';
import { type StepName, strategySteps } from '@/lib/backfill/model';
import type { Customer } from '@/lib/customers/model';
import { scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { backupDigest } from '@/lib/mutations/backup-digest';
import { countLabelRows } from '@/lib/mutations/count-label-rows';
import { backupIdOf } from '@/lib/mutations/model';
import type { TestContext } from '../support/context';
import {
  endKills,
  expectRepaired,
  jobsOf,
  killJobs,
  mutationsOf,
  relieve,
  spawnWorker,
  stageOf,
} from '../support/kill';
import { dayOfIncident, start } from '../support/repair';
import { until } from '../support/until';

const rows = 50;
const stage = () => stageOf(rows);
const expectWhole = (ctx: TestContext, customer: Customer, runId: string) => expectRepaired(ctx, customer, runId, rows);

afterAll(endKills);

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
    delete: async (ctx, customer, runId) => (await mutationsOf(ctx, customer, runId)).length > 0,
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
