import { describe, expect, it } from 'vitest';
import { stepsOf } from '@/lib/backfill/state/ways';
import { getRun } from '@/lib/backfill/view/get-run';
import { scopeOf } from '@/lib/customers/model';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { backupDigest } from '@/lib/label-store/backup-digest';
import { countLabelRows } from '@/lib/label-store/count-label-rows';
import { backupIdOf } from '@/lib/label-store/model';
import { type EffectKind, type Stage, stageOf } from '../../support/kill';
import { until } from '../../support/until';

const rows = 50;

describe('a worker killed with SIGKILL', { timeout: 400_000 }, () => {
  it.concurrent.for(['before', 'after'])(
    '%s each of its steps deletes exactly once and loses no row, and the last one verifies the day',
    async (point, test) => {
      const stage = await stageOf(test, { rows });
      const points = stepsOf('replace').map((step) => `${point}:${step}`);
      const run = await stage.relieve(await stage.dieAt(points, stage.begin));
      expect(await stage.mutations(run.id)).toHaveLength(1);
      expect(run.units[0]).toMatchObject({
        attempt: 1,
        evidence: { labelRows: rows, lost: 0, stale: 0, duplicates: 0 },
      });
      expect(stage.jobs()).toEqual(['backup', 'delete', 'relabel']);
      await stage.expectRepaired(run.id);
    },
  );

  it.concurrent('and frozen instead changes nothing when it wakes after another took the day', async (test) => {
    const stage = await stageOf(test, { rows });
    const { child, ended } = stage.spawnWorker();
    const runId = await stage.begin();
    await until('the backup began', async () => (await getRun(stage.ctx, runId)).units[0]?.status === 'backing up');
    child.kill('SIGSTOP');
    const run = await stage.relieve(runId);
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    expect(['0', 'SIGTERM']).toContain(await ended);
    expect(await getRun(stage.ctx, runId)).toMatchObject({ status: 'verified', events: { length: run.events.length } });
    expect(stage.jobs()).toEqual(['backup', 'delete', 'relabel']);
    await stage.expectRepaired(runId);
  });
});

describe('two workers', { timeout: 400_000 }, () => {
  it.concurrent('hand a day over on SIGTERM', async (test) => {
    const stage = await stageOf(test, { rows });
    const first = stage.spawnWorker();
    const runId = await stage.begin();
    await until('the delete began', async () =>
      ['deleting', 'waiting for mutation'].includes((await getRun(stage.ctx, runId)).units[0]?.status ?? ''),
    );
    first.child.kill('SIGTERM');
    const second = stage.relieve(runId);
    expect(['0', 'SIGTERM']).toContain(await first.ended);
    await second;
    expect(stage.jobs()).toEqual(['backup', 'delete', 'relabel']);
    await stage.expectRepaired(runId);
  });
});

describe('a Job killed with SIGKILL', { timeout: 400_000 }, () => {
  const labelsOf = ({ ctx, customer, tables }: Stage) =>
    countLabelRows(ctx, { scope: scopeOf(customer, incidentDay, '2026-02-11'), tables });
  const tookEffect: Record<Exclude<EffectKind, 'restore'>, (stage: Stage, runId: string) => Promise<boolean>> = {
    backup: async ({ ctx, tables }, runId) => {
      const backupId = backupIdOf({ runId, unit: incidentDay, attempt: 1 });
      return backupDigest(ctx, { tables, backupId }).then(
        (digest) => digest.rows > 0,
        () => false,
      );
    },
    delete: async (stage, runId) => (await stage.mutations(runId)).length > 0,
    relabel: async (stage) => {
      const run = await stage.ctx.db.pool.query('SELECT status FROM backfill_items');
      return run.rows[0]?.status === 'relabelling' && (await labelsOf(stage)) > 0;
    },
  };

  const kinds = Object.keys(tookEffect) as (keyof typeof tookEffect)[];

  it.concurrent.for(kinds)('before its %s took effect is tried again as a new attempt', async (kind, test) => {
    const stage = await stageOf(test, { rows, hold: kind });
    const runId = await stage.begin();
    const verified = stage.relieve(runId);
    await stage.holding();
    expect(await stage.killJobs(kind)).toBe(true);
    stage.release();
    const run = await verified;
    expect(run.units[0]?.attempt).toBe(2);
    expect(stage.jobs().filter((name) => name === kind)).toHaveLength(2);
    await stage.expectRepaired(runId);
  });

  it.concurrent.for(kinds)('after its %s took effect repeats no delete and loses no row', async (kind, test) => {
    const stage = await stageOf(test, { rows });
    const runId = await stage.begin();
    const verified = stage.relieve(runId);
    await until(`the ${kind} took effect`, () => tookEffect[kind](stage, runId));
    await stage.killJobs(kind);
    await verified;
    await stage.expectRepaired(runId);
  });

  it.concurrent('three times before it deletes anything asks a person, with all rows in place', async (test) => {
    const stage = await stageOf(test, { rows, hold: 'delete' });
    const runId = await stage.begin();
    const stopped = stage.relieve(runId, ['needs attention']);
    const killed = new Set<string>();
    await until(
      'three Jobs are killed',
      async () => (await stage.killJobs('delete', killed)) && killed.size === 3,
      240_000,
    );
    const run = await stopped;
    expect(run.units[0]).toMatchObject({ status: 'needs attention', attempt: 3 });
    expect(run.units[0]?.failure).toMatch(/died before it deleted anything.*tried 3 times/);
    expect(run.controls).toEqual(['resume', 'retry', 'close']);
    expect(stage.jobs().filter((name) => name === 'delete')).toHaveLength(3);
    expect(await labelsOf(stage)).toBe(rows);
    expect(await stage.mutations(runId)).toEqual([]);
  });
});
