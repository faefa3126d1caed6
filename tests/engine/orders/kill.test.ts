import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays } from '@/lib/days';
import { getOrder } from '@/lib/orders/list-orders';
import { tickOrders } from '@/lib/orders/work-orders';
import { type TestContext, testContext } from '@/tests/support/context';
import { spawnWorker } from '@/tests/support/kill';
import { incidentOf } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { active, author, termsFor } from './ordering';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
});
afterAll(() => ctx?.close());

/** A window that is open now: a worker of another process has the system's clock. */
function openWindow() {
  const time = (atMs: number) => new Date(atMs).toISOString().slice(11, 16);
  const now = Date.now();
  return { from: time(now - 3_600_000), to: time(now + 3_600_000), timeZone: 'UTC' };
}

it('a worker that is killed between a campaign and its night leaves neither, and the next makes both once', async () => {
  const customer = await incidentOf(ctx);
  const untilDay = addDays(new Date().toISOString().slice(0, 10), 7);
  const order = await active(ctx, termsFor([customer], { window: openWindow(), untilDay, daysBack: 1 }));
  const rows = async (text: string) => (await ctx.db.pool.query(text)).rows;
  const door = await ctx.db.pool.connect();
  await door.query('BEGIN');
  await door.query('LOCK TABLE standing_order_nights IN SHARE ROW EXCLUSIVE MODE');
  const waitingPids = async (): Promise<number[]> =>
    (
      await rows(`SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO standing_order_nights%'`)
    ).map((row) => row.pid);
  const worker = spawnWorker(ctx);
  let pid = 0;
  try {
    pid = await until('the worker waits with the night', async () => (await waitingPids())[0], { everyMs: 50 });
    worker.kill();
    expect(await worker.ended).toBe('SIGKILL');
  } finally {
    worker.kill();
    await door.query('ROLLBACK');
    door.release();
  }
  const isGone = async () => (await rows(`SELECT 1 FROM pg_stat_activity WHERE pid = ${pid}`)).length === 0;
  await until('the database noticed it', isGone, { everyMs: 50 });
  expect(await rows('SELECT 1 FROM campaigns')).toEqual([]);
  expect((await getOrder(ctx, order.id, author)).nights).toEqual([]);
  await tickOrders(ctx);
  await tickOrders(ctx);
  expect((await getOrder(ctx, order.id, author)).nights).toMatchObject([{ status: 'under way' }]);
  expect(await rows('SELECT order_id FROM campaigns')).toEqual([{ order_id: order.id }]);
});
