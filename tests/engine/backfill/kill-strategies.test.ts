import { describe, expect, it, type TestContext } from 'vitest';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { getRun } from '@/lib/backfill/view/get-run';
import { stageOf } from '../../support/kill';
import { approvedUndo } from '../../support/repair';
import { until } from '../../support/until';

const rows = 50;

describe('a worker killed with SIGKILL in a repair without a gap', { timeout: 400_000 }, () => {
  // A delete that is done already when the next worker looks needs no wait for its mutation: that has a separate turn.
  const turns: [string, string[]][] = [
    [
      'after each step',
      ['after:check', 'after:snapshot', 'after:backup', 'after:relabel', 'after:prove', 'after:delete', 'after:verify'],
    ],
    [
      'before each Job that changes or proves, and around the wait for the delete',
      ['before:relabel', 'before:prove', 'before:delete', 'before:mutation', 'after:mutation'],
    ],
  ];

  it.concurrent.for(turns)(
    '%s loses no row, deletes once, and the last one verifies the day',
    async ([, points], test) => {
      const stage = await stageOf(test, { rows });
      const runId = await stage.dieAt(points, () => stage.begin({ strategy: 'no-gap' }));
      const run = await stage.relieve(runId);
      expect(run.items[0]).toMatchObject({
        attempt: 1,
        gapMs: 0,
        evidence: { labelRows: rows, deletedRows: 17, lost: 0, stale: 0, duplicates: 0 },
      });
      expect(stage.jobs()).toEqual(['backup', 'delete', 'prove', 'relabel']);
      await stage.expectRepaired(runId);
    },
  );

  it.concurrent.for(['prove', 'delete'])(
    'and its %s Job killed is tried again, and deletes once',
    async (kind, test) => {
      const stage = await stageOf(test, { rows });
      const runId = await stage.begin({ strategy: 'no-gap' });
      const verified = stage.relieve(runId);
      await until(`the ${kind} Job is there`, () => stage.killJobs(kind));
      await verified;
      await stage.expectRepaired(runId);
    },
  );

  it.concurrent('and its delete Job killed after it was submitted waits for it, and never submits it twice', async (test) => {
    const stage = await stageOf(test, { rows });
    const runId = await stage.begin({ strategy: 'no-gap' });
    const verified = stage.relieve(runId);
    await until('the delete took effect', async () => (await stage.mutations(runId)).length > 0);
    await stage.killJobs('delete');
    await verified;
    await stage.expectRepaired(runId);
  });
});

describe('an undo', { timeout: 400_000 }, () => {
  /** A repaired day, and the approved undo of it, which no worker has begun. */
  async function undoing(test: TestContext) {
    const stage = await stageOf(test, { rows });
    const before = await stage.labelRows();
    const repairId = await stage.begin();
    await stage.relieve(repairId);
    const plan = await planUndo(stage.ctx, { runId: repairId });
    return {
      stage,
      before,
      begin: () => approvedUndo(stage.ctx, { runId: repairId, planHash: plan.hash, reason: 'a test asks for it' }),
    };
  }

  const points = ['after:check', 'after:backup', 'before:restore', 'after:restore', 'after:verify'];

  it.concurrent('whose workers are killed with SIGKILL at each of its steps restores every row once, byte for byte', async (test) => {
    const { stage, before, begin } = await undoing(test);
    const runId = await stage.dieAt(points, begin);
    const run = await stage.relieve(runId);
    expect(run.items[0]).toMatchObject({ attempt: 1, evidence: { labelRows: rows, columnsDiffering: 0 } });
    expect(await stage.labelRows()).toEqual(before);
    expect(stage.jobs()).toEqual(['backup', 'backup', 'delete', 'relabel', 'undo']);
    expect(await stage.mutations(runId)).toHaveLength(1);
  });

  it.concurrent('whose Job is killed after it deleted restores every row all the same', async (test) => {
    const { stage, before, begin } = await undoing(test);
    const runId = await begin();
    const verified = stage.relieve(runId);
    await until('the delete was submitted', async () => (await stage.mutations(runId)).length > 0);
    await stage.killJobs('undo');
    await verified;
    expect(await stage.labelRows()).toEqual(before);
    expect((await getRun(stage.ctx, runId)).items[0]?.evidence).toMatchObject({ labelRows: rows, columnsDiffering: 0 });
  });
});
