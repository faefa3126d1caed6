import { afterAll, describe, expect, it } from 'vitest';
import { getRun } from '@/lib/backfill/get-run';
import { planUndo } from '@/lib/backfill/plan-undo';
import type { Customer } from '@/lib/customers/model';
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
import { approvedUndo, dayOfIncident, start } from '../support/repair';
import { until } from '../support/until';

const rows = 50;

/** Every label row with every column, as text. */
async function rowsOf(ctx: TestContext, { database }: Customer): Promise<string[]> {
  const result = await ctx.admin.client.query({
    query: `SELECT * FROM ${database}.conversation_with_labels FINAL`,
    format: 'JSONEachRow',
  });
  return (await result.text()).trim().split('\n').sort();
}

afterAll(endKills);

describe('a worker killed with SIGKILL in a repair without a gap', { timeout: 400_000 }, () => {
  const points = [
    'after:check',
    'after:snapshot',
    'after:backup',
    'before:relabel',
    'after:relabel',
    'before:prove',
    'after:prove',
    'before:delete',
    'after:delete',
    'before:mutation',
    'after:mutation',
    'after:verify',
  ];

  it.concurrent.each(points)('%s loses no row, deletes once, and the next one verifies the day', async (point) => {
    const { ctx, customer } = await stageOf(rows);
    const { ended } = spawnWorker(ctx, point);
    const runId = await start(ctx, dayOfIncident(customer, { strategy: 'no-gap' }));
    expect(await ended).toBe('SIGKILL');
    const run = await relieve(ctx, runId);
    expect(run.items[0]).toMatchObject({
      attempt: 1,
      gapMs: 0,
      evidence: { labelRows: rows, deletedRows: 17, lost: 0, stale: 0, duplicates: 0 },
    });
    expect(jobsOf(ctx)).toEqual(['backup', 'delete', 'prove', 'relabel']);
    await expectRepaired(ctx, customer, runId, rows);
  });

  it.concurrent.each(['prove', 'delete'])('and its %s Job killed is tried again, and deletes once', async (kind) => {
    const { ctx, customer } = await stageOf(rows);
    const runId = await start(ctx, dayOfIncident(customer, { strategy: 'no-gap' }));
    const verified = relieve(ctx, runId);
    await until(`the ${kind} Job is there`, () => killJobs(ctx, kind));
    await verified;
    await expectRepaired(ctx, customer, runId, rows);
  });

  it.concurrent('and its delete Job killed after it was submitted waits for it, and never submits it twice', async () => {
    const { ctx, customer } = await stageOf(rows);
    const runId = await start(ctx, dayOfIncident(customer, { strategy: 'no-gap' }));
    const verified = relieve(ctx, runId);
    await until('the delete took effect', async () => (await mutationsOf(ctx, customer, runId)).length > 0);
    await killJobs(ctx, 'delete');
    await verified;
    await expectRepaired(ctx, customer, runId, rows);
  });
});

describe('an undo', { timeout: 400_000 }, () => {
  /** A repaired day, and the approved undo of it, which no worker has begun. */
  async function undoing() {
    const { ctx, customer } = await stageOf(rows);
    const before = await rowsOf(ctx, customer);
    const repairId = await start(ctx, dayOfIncident(customer));
    await relieve(ctx, repairId);
    const plan = await planUndo(ctx, { runId: repairId });
    return {
      ctx,
      customer,
      before,
      begin: () => approvedUndo(ctx, { runId: repairId, planHash: plan.hash, reason: 'a test asks for it' }),
    };
  }

  it.concurrent.each(['after:check', 'after:backup', 'before:restore', 'after:restore', 'after:verify'])(
    'whose worker is killed with SIGKILL %s restores every row once, byte for byte',
    async (point) => {
      const { ctx, customer, before, begin } = await undoing();
      const { ended } = spawnWorker(ctx, point);
      const runId = await begin();
      expect(await ended).toBe('SIGKILL');
      const run = await relieve(ctx, runId);
      expect(run.items[0]).toMatchObject({ attempt: 1, evidence: { labelRows: rows, columnsDiffering: 0 } });
      expect(await rowsOf(ctx, customer)).toEqual(before);
      expect(jobsOf(ctx)).toEqual(['backup', 'backup', 'delete', 'relabel', 'undo']);
      expect(await mutationsOf(ctx, customer, runId)).toHaveLength(1);
    },
  );

  it.concurrent('whose Job is killed after it deleted restores every row all the same', async () => {
    const { ctx, customer, before, begin } = await undoing();
    const runId = await begin();
    const verified = relieve(ctx, runId);
    await until('the delete was submitted', async () => (await mutationsOf(ctx, customer, runId)).length > 0);
    await killJobs(ctx, 'undo');
    await verified;
    expect(await rowsOf(ctx, customer)).toEqual(before);
    expect((await getRun(ctx, runId)).items[0]?.evidence).toMatchObject({ labelRows: rows, columnsDiffering: 0 });
  });
});
