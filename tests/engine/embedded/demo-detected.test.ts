import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedClock } from '@/lib/clock';
import { scopeOf } from '@/lib/customers/model';
import { addDays, dayOf } from '@/lib/days';
import { flagsOf } from '@/lib/detection/flags';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { everyFlagPlan } from '@/lib/embedded/demo/every-flag';
import { demoSeed, seedCustomer } from '@/lib/embedded/demo/seed-demo';
import { type TestContext, testContext } from '../../support/context';
import { freshName } from '../../support/fresh';

const nowMs = Date.UTC(2026, 2, 20, 15, 0);
let ctx: TestContext;

beforeAll(async () => {
  ctx = await testContext({ clock: fixedClock(nowMs) });
});
afterAll(() => ctx.close());

test('the detection says of every hand-written case what the case says of itself', async () => {
  const { plan, cases } = everyFlagPlan(demoSeed, nowMs);
  plan.customer = { ...plan.customer, database: freshName('globex') };
  await seedCustomer({ clickhouse: ctx.admin, chats: ctx.chats }, plan);
  const today = dayOf(nowMs, 'UTC');
  const judged = await classifyScope(ctx, scopeOf(plan.customer, addDays(today, -7), addDays(today, 1)));
  const byId = new Map((await judged.conversations()).map((one) => [one.conversationId, one]));
  const said = cases
    .filter((one) => one.class === 'affected' || one.class === 'settling')
    .map(({ name, id }) => [
      name,
      byId.get(id)?.class,
      flagsOf(byId.get(id)?.class === 'affected' ? (byId.get(id)?.flags ?? 0) : 0),
    ]);
  expect(said).toEqual(
    cases
      .filter((one) => one.class === 'affected' || one.class === 'settling')
      .map((one) => [one.name, one.class, one.flags]),
  );
  const affected = cases.filter((one) => one.class === 'affected').map((one) => one.id);
  expect(
    [...byId.values()]
      .filter((one) => one.class === 'affected')
      .map((one) => one.conversationId)
      .sort(),
  ).toEqual(affected.sort());
  expect(judged.days.reduce((sum, day) => sum + day.open, 0)).toBe(4);
});
