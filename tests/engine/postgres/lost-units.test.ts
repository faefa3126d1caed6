import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { backfillQueue, backfillQueueName } from '@/lib/backfill/repair/queue';
import { resendLostUnits } from '@/lib/backfill/repair/work-backfills';
import { scanQueue, scanQueueName } from '@/lib/detection/scan/queue';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { resendLostScans } from '@/lib/detection/scan/work-scans';
import { insertStop, liftStop } from '@/lib/holds/sql/stops';
import { workQueue } from '@/lib/postgres/work-queue';
import { type LostUnit, lostUnit } from '@/tests/support/lost-unit';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { ctx, jobsOf, sql, workForOneCustomer } from './one-customer';

workForOneCustomer();

const asked = async () =>
  (await requestScan(ctx, { customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-02-11' }, operator)).scanId;
const unit = (of: LostUnit) => lostUnit(ctx, of);

describe('a unit whose job was lost', () => {
  const again = async () =>
    resendLostUnits(ctx)({ boss: await backfillQueue(ctx), db: ctx.db, name: backfillQueueName });
  const eventsOf = (itemId: string) =>
    sql('SELECT kind, text FROM backfill_events WHERE item_id = $1 ORDER BY id', [itemId]);
  beforeEach(async () => {
    await sql("UPDATE backfill_runs SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
    await sql('DELETE FROM pgboss.job WHERE name = $1', [backfillQueueName]);
  });

  it('is not sent while everything is stopped, which its end does, but one that a worker was at is', async () => {
    const [due, claimed] = [await unit({}), await unit({ status: 'relabelling', owner: 'a claim' })];
    await ctx.db.query(insertStop, { id: randomUUID(), by: 'anna', reason: 'a test', immediately: false });
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toMatchObject([{ data: { itemId: claimed } }]);
    await ctx.db.query(liftStop, { by: 'anna', reason: 'done' });
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toHaveLength(2);
    for (const itemId of [due, claimed])
      expect(await eventsOf(itemId)).toEqual([
        { kind: 'sent again', text: expect.stringContaining('had lost its job') },
      ]);
  });

  it('needs attention where nothing was done for more than a day, and its job wakes nobody', async () => {
    const late = [await unit({ daysAgo: 1 }), await unit({ daysAgo: 1, status: 'relabelling', owner: 'a claim' })];
    const heard = await unit({ daysAgo: 1 });
    await sql(
      `INSERT INTO backfill_events (run_id, kind, text) SELECT run_id, 'resume', 'a test' FROM backfill_items WHERE id = $1`,
      [heard],
    );
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toMatchObject([{ data: { itemId: heard } }]);
    for (const itemId of late) {
      const [item] = await sql(
        `SELECT i.status, i.owner, i.failure, r.status AS run, i.state ->> 'remedy' AS remedy
         FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id WHERE i.id = $1`,
        [itemId],
      );
      expect(item).toEqual({
        status: 'needs attention',
        owner: null,
        failure: expect.stringContaining('more than a day'),
        run: 'needs attention',
        remedy: 'resume',
      });
      expect((await eventsOf(itemId)).at(-1)).toMatchObject({ kind: 'failed' });
    }
    expect(await again()).toBe(0);
  });

  it('can be taken again after the queue gave it up, and so can the next of its customer', async () => {
    const boss = await backfillQueue(ctx);
    await unit({});
    await unit({});
    expect(await again()).toBe(2);
    const [job] = await boss.fetch(backfillQueueName);
    await sql('UPDATE pgboss.job SET retry_limit = 0 WHERE id = $1', [job?.id]);
    await boss.fail(backfillQueueName, job?.id ?? '');
    expect(await boss.fetch(backfillQueueName)).toEqual([]);
    expect(await again()).toBe(1);
    const taken = [];
    for (const _ of [1, 2]) {
      const [next] = await boss.fetch<{ itemId: string }>(backfillQueueName);
      taken.push(next?.data.itemId);
      await boss.complete(backfillQueueName, next?.id ?? '');
    }
    expect(taken).toContain((job?.data as { itemId: string } | undefined)?.itemId);
  });
});

it.each([
  {
    name: scanQueueName,
    queue: () => scanQueue(ctx),
    resend: () => resendLostScans,
    due: async () => ({ scanId: await asked() }),
  },
  {
    name: backfillQueueName,
    queue: () => backfillQueue(ctx),
    resend: () => resendLostUnits(ctx),
    due: async () => ({ itemId: await unit({}) }),
  },
])('the work of a job of $name that is lost while a worker is at it is taken once more', async (of) => {
  const { name } = of;
  const [boss, over] = [await of.queue(), new AbortController()];
  await sql("UPDATE scans SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
  await sql("UPDATE backfill_runs SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
  await sql('DELETE FROM pgboss.job WHERE name = $1', [name]);
  const due = await of.due();
  const resend = () => of.resend()({ boss, db: ctx.db, name });
  await resend();
  const taken: { data: unknown; until: AbortSignal }[] = [];
  const queue = { boss, name, db: ctx.db, log: ctx.log, signal: over.signal };
  const work = { places: [{}, {}], resendLost: async () => 0 };
  await workQueue(queue, work, async (data, until) => {
    taken.push({ data, until });
    await new Promise((resolve) => until.addEventListener('abort', resolve));
  });
  await until('a worker is at it', () => taken.length === 1);
  expect(await resend()).toBe(0);
  await sql('DELETE FROM pgboss.job WHERE name = $1', [name]);
  expect(await resend()).toBe(1);
  await until('a worker took it again', () => taken.length === 2);
  await until('the first worker has lost it', () => taken[0]?.until.aborted);
  expect(taken.map((one) => one.data)).toEqual([due, due]);
  expect(await resend()).toBe(0);
  over.abort(new Error('the test is over'));
});
