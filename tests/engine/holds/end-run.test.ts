import { afterAll, beforeAll, expect, it } from 'vitest';
import { endRun } from '@/lib/backfill/control/end-run';
import { getRun } from '@/lib/backfill/view/get-run';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { before, isParked, labelsOf, runAt, type Stage, stageOf } from './stage';

let stage: Stage;
beforeAll(async () => {
  stage = await stageOf();
});
afterAll(() => stage?.end());

const end = (runId: string) => endRun(stage.ctx, { runId, reason: 'Its campaign stops.' }, operator);
const cancelled = (runId: string) =>
  until('the run is cancelled', async () => (await getRun(stage.ctx, runId)).status === 'cancelled');

it('a run whose campaign stops while its labels are untouched ends with nothing deleted', async () => {
  const { customer, runId } = await runAt(stage, 'backing up', 'replace');
  await end(runId);
  stage.open();
  await cancelled(runId);
  expect(await labelsOf(stage.ctx, customer)).toEqual(before);
});

it('a run that a person paused before its delete waits on when its campaign stops, until that person resumes it', async () => {
  const { customer, runId } = await runAt(stage, 'relabelling', 'no-gap');
  await stage.control(runId, 'pause');
  stage.open();
  await isParked(stage.ctx, runId);
  await end(runId);
  await isParked(stage.ctx, runId);
  expect(await labelsOf(stage.ctx, customer)).toEqual({ ann: 3, ben: 2 });
  expect(await getRun(stage.ctx, runId)).toMatchObject({ status: 'running', pause: { cause: 'person' } });
  await stage.control(runId, 'resume');
  await cancelled(runId);
  expect(await labelsOf(stage.ctx, customer)).toEqual({ ann: 3, ben: 1 });
});
