import { afterAll, beforeAll, expect, test } from 'vitest';
import { playFallBack } from '@/bin/cli/demo-fall-back';
import type { Actor } from '@/lib/auth/model';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { addDays, dayOf } from '@/lib/days';
import { workScans } from '@/lib/detection/scan/work-scans';
import { listDays } from '@/lib/detection/view/list-days';
import { fallBackCustomer } from '@/lib/embedded/demo/fall-back';
import { listFindings } from '@/lib/findings/list-findings';
import type { TestContext } from '../../support/context';
import { workingContext } from '../../support/worker';

const actor: Actor = { name: 'Dora', role: 'operator', via: 'cli', requestId: 'the story' };
const customerId = fallBackCustomer.id;
const stop = new AbortController();
let ctx: TestContext;

beforeAll(async () => {
  ctx = await workingContext();
  await workScans(ctx, stop.signal);
});
afterAll(() => {
  stop.abort(new Error('the test is over'));
  return ctx?.close();
});

const play = () =>
  playFallBack(
    { ctx, actor, signal: stop.signal },
    { clickhouse: ctx.admin, chats: ctx.chats, nowMs: ctx.clock.now(), cluster: 'slc' },
  );

test('the demo’s day is repaired by a run and wrong again after it, once, however often the story is played', async () => {
  const day = await play();
  expect(day).toBe(addDays(dayOf(ctx.clock.now(), 'UTC'), -3));
  const [run, ...others] = await listRuns(ctx, { customerId });
  expect(others).toEqual([]);
  expect(run).toMatchObject({ status: 'verified', fromDay: day, startedBy: 'Dora' });
  const range = { customerId, fromDay: addDays(day as string, -6), toDay: addDays(day as string, 3) };
  const wrong = (await listDays(ctx, range)).filter(({ affected }) => affected > 0);
  expect(wrong).toMatchObject([{ day, affected: 9 }]);
  const { rows } = await listFindings(ctx, { customerId, state: 'all' });
  expect(rows).toMatchObject([{ day, state: 'fallen back', timesFallenBack: 1, repairedByRun: run?.id }]);
  expect(wrong[0]?.asOfMs).toBeGreaterThan(run?.endedAtMs ?? Number.POSITIVE_INFINITY);

  expect(await play()).toBeNull();
  expect(await listRuns(ctx, { customerId })).toHaveLength(1);
}, 120_000);
