import { afterAll, beforeAll, expect, test } from 'vitest';
import { playFallBack } from '@/bin/cli/demo-fall-back';
import { startReceiver } from '@/bin/cli/demo-receiver';
import type { Actor } from '@/lib/auth/model';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { addDays, dayOf } from '@/lib/days';
import { workScans } from '@/lib/detection/scan/work-scans';
import { listDays } from '@/lib/detection/view/list-days';
import { fallBackCustomer } from '@/lib/embedded/demo/fall-back';
import { listFindings } from '@/lib/findings/list-findings';
import { deliverDue, sayChannels } from '@/lib/notifications/outbox/work-deliveries';
import type { TestContext } from '../../support/context';
import { workingContext } from '../../support/worker';

const actor: Actor = { name: 'Dora', role: 'operator', via: 'cli', requestId: 'the story' };
const customerId = fallBackCustomer.id;
const secret = 'a-secret-of-forty-characters-0123456789a';
const stop = new AbortController();
const printed: string[] = [];
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let ctx: TestContext;

beforeAll(async () => {
  receiver = await startReceiver({ port: 0, secret, answer: 204, print: (text) => printed.push(text) });
  ctx = await workingContext({
    env: { SLC_NOTIFY_WEBHOOK_URL: receiver.url, SLC_NOTIFY_WEBHOOK_SECRET: secret },
  });
  await sayChannels(ctx);
  await workScans(ctx, stop.signal);
});
afterAll(() => {
  stop.abort(new Error('the test is over'));
  receiver?.close();
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

test('its message reaches the demo’s receiver, which finds the signature right', async () => {
  await deliverDue({ ...ctx, clock: { now: () => Date.now() + 60_000 } });
  expect(printed.join('\n')).toMatch(
    /opened, signature right\n +Labels of fabrikam on \d+ \w+ \d+ are wrong again after their repair\./,
  );
});
