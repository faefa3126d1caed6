import { describe, expect, it, type TestContext } from 'vitest';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { stepsOf } from '@/lib/backfill/state/ways';
import { getRun } from '@/lib/backfill/view/get-run';
import { type EffectKind, stageOf } from '../../support/kill';
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
      expect(run.units[0]).toMatchObject({
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
  async function undoing(test: TestContext, hold?: EffectKind) {
    const stage = await stageOf(test, { rows, hold });
    const before = await stage.labelRows();
    const repairId = await stage.begin();
    await stage.relieve(repairId);
    const plan = await planUndo(stage.ctx, { runId: repairId });
    const confirmed = hold ? ['labeler-running'] : [];
    const request = { runId: repairId, planHash: plan.hash, reason: 'a test asks for it', confirmed };
    return { stage, before, begin: () => approvedUndo(stage.ctx, request) };
  }

  it.concurrent.for(['before', 'after'])(
    'deletes exactly once, whenever the worker dies: %s each of its steps',
    async (point, test) => {
      const { stage, before, begin } = await undoing(test);
      const points = stepsOf('undo').map((step) => `${point}:${step}`);
      const runId = await stage.dieAt(points, begin);
      const run = await stage.relieve(runId);
      expect(await stage.mutations(runId)).toHaveLength(1);
      expect(stage.jobs()).toEqual(['backup', 'backup', 'delete', 'delete', 'relabel', 'restore']);
      expect(await stage.labelRows()).toEqual(before);
      expect(run.units[0]).toMatchObject({
        attempt: 1,
        evidence: { labelRows: rows, deletedRows: rows, columnsDiffering: 0 },
      });
    },
  );

  it.concurrent('whose delete Job is killed after it submitted deletes once, and restores every row', async (test) => {
    const { stage, before, begin } = await undoing(test);
    const runId = await begin();
    const verified = stage.relieve(runId);
    await until('the delete was submitted', async () => (await stage.mutations(runId)).length > 0);
    await stage.killJobs('delete');
    const run = await verified;
    expect(await stage.mutations(runId)).toHaveLength(1);
    expect(await stage.labelRows()).toEqual(before);
    expect(run.units[0]?.evidence).toMatchObject({ labelRows: rows, columnsDiffering: 0 });
  });

  it.concurrent('whose restore Job is killed at its insert says that the labels are missing, and restores them by the next', async (test) => {
    const { stage, before, begin } = await undoing(test, 'restore');
    const runId = await begin();
    const verified = stage.relieve(runId);
    await stage.holding();
    expect(await stage.labelRows()).toEqual(['']);
    expect(await getRun(stage.ctx, runId)).toMatchObject({
      gapOpen: true,
      controls: ['cancel after day', 'cancel after step', 'pause'],
      units: [{ status: 'restoring', missing: { deleted: rows, left: 0 } }],
    });
    expect(await stage.killJobs('restore')).toBe(true);
    stage.release();
    const run = await verified;
    expect(run.units[0]).toMatchObject({ attempt: 2, evidence: { labelRows: rows, columnsDiffering: 0 } });
    expect(run.units[0]?.gapMs).toBeGreaterThan(0);
    expect(await stage.mutations(runId)).toHaveLength(1);
    expect(await stage.labelRows()).toEqual(before);
  });
});
