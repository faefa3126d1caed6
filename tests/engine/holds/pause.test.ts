import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { pauseRun } from '@/lib/backfill/repair/pause-run';
import type { RepairStrategy } from '@/lib/backfill/state/name-model';
import { getRun } from '@/lib/backfill/view/get-run';
import type { Pause } from '@/lib/holds/model';
import {
  before,
  begin,
  type Door,
  expectVerified,
  isParked,
  labelsOf,
  reachesUnit,
  runAt,
  type Stage,
  stageOf,
  twoDays,
} from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await stageOf();
  await stage.work();
});
afterAll(() => stage?.end());

describe('a run that a person pauses', { timeout: 600_000 }, () => {
  it.each([
    ['replace', 'checking', before, ['planned', 'planned']],
    ['replace', 'snapshot', before, ['planned', 'planned']],
    ['replace', 'backing up', before, ['planned', 'planned']],
    ['replace', 'deleting', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['replace', 'relabelling', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['replace', 'verifying', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['no-gap', 'checking', before, ['planned', 'planned']],
    ['no-gap', 'backing up', before, ['planned', 'planned']],
    ['no-gap', 'relabelling', { ann: 3, ben: 2 }, ['proving', 'planned']],
    ['no-gap', 'deleting', { ann: 3, ben: 1 }, ['verified', 'planned']],
  ] as [RepairStrategy, Door, Record<string, number>, string[]][])(
    'by %s while %s waits at the next boundary with no label missing, and goes on to verified',
    async (strategy, door, labels, statuses) => {
      const { ctx } = stage;
      const { customer, runId } = await runAt(stage, door, strategy);
      await stage.control(runId, 'pause');
      stage.open();
      await isParked(ctx, runId);
      const run = await getRun(ctx, runId);
      expect(run.units.map(({ status }) => status)).toEqual(statuses);
      expect(await labelsOf(ctx, customer)).toEqual(labels);
      expect(run).toMatchObject({ pause: { cause: 'person', by: 'olga', reason: 'the test says so' }, gapOpen: false });
      expect(run.next).toBe('The run goes on when somebody resumes it.');
      expect(run.offers[0]).toMatchObject({ control: 'resume', verb: 'Resume', look: 'primary' });
      expect(run.events.map(({ kind }) => kind)).toContain('paused');
      await stage.control(runId, 'resume');
      await expectVerified(ctx, runId, customer);
      const audit = await listAudit(ctx, { runId });
      for (const action of ['backfill.pause', 'backfill.resume'])
        expect(audit).toContainEqual(expect.objectContaining({ action, actor: 'olga', reason: 'the test says so' }));
    },
  );

  it('before its first unit begins nothing, is cancelled at once, and keeps its range until then', async () => {
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    stage.stopWork();
    const runId = await begin(ctx, customer, 'replace');
    await stage.control(runId, 'pause');
    await stage.work();
    await isParked(ctx, runId);
    await expect(begin(ctx, customer, 'replace')).rejects.toMatchObject({ code: 'conflict' });
    await stage.control(runId, 'cancel after step');
    expect(await getRun(ctx, runId)).toMatchObject({ status: 'cancelled', pause: null });
    expect(await labelsOf(ctx, customer)).toEqual(before);
  });

  it('keeps that pause when its campaign pauses, and a hold gives way to the pause of the campaign', async () => {
    const { ctx } = stage;
    stage.stopWork();
    const runId = await begin(ctx, await twoDays(ctx), 'replace');
    const pause = (cause: Pause['cause']) =>
      ctx.db.transaction((tx) => pauseRun(tx, { runId, pause: { cause, by: 'worker', reason: 'the test', atMs: 1 } }));
    const paused: boolean[] = [];
    for (const cause of ['hold', 'campaign', 'hold', 'person', 'campaign'] as const) paused.push(await pause(cause));
    expect(paused).toEqual([true, true, false, true, false]);
    expect((await getRun(ctx, runId)).pause?.cause).toBe('person');
    await stage.work();
  });

  it('before the delete of its wrong rows is cancelled there, and says what is left', async () => {
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const arrived = stage.close('relabelling');
    const runId = await begin(ctx, customer, 'no-gap');
    await arrived;
    await stage.control(runId, 'pause');
    stage.open();
    await isParked(ctx, runId);
    await stage.control(runId, 'cancel after step');
    await reachesUnit(ctx, runId, 'needs attention');
    expect(await labelsOf(ctx, customer)).toEqual({ ann: 3, ben: 2 });
    await stage.control(runId, 'resume');
    await expectVerified(ctx, runId, customer);
  });
});
