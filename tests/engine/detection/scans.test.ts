import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { listAudit } from '@/lib/audit/list-audit';
import type { ClickHouse } from '@/lib/clickhouse/client';
import { statement } from '@/lib/clickhouse/statement';
import { addCustomer } from '@/lib/customers/add-customer';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { addDays, daysBetween } from '@/lib/days';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { cancelScan } from '@/lib/detection/scan/cancel-scan';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan, requestScanAfterRepair, requestScanFor } from '@/lib/detection/scan/request-scan';
import { resumeScan } from '@/lib/detection/scan/resume-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { tellFailing } from '@/lib/detection/scan/tell-scan';
import { workScans } from '@/lib/detection/scan/work-scans';
import { firstScans } from '@/lib/detection/schedule/first-scans';
import { scheduleRound } from '@/lib/detection/schedule/schedule-round';
import { listDays } from '@/lib/detection/view/list-days';
import { overview } from '@/lib/detection/view/overview';
import { AppError } from '@/lib/errors';
import { requestRelooks } from '@/lib/findings/work-relooks';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import type { Row } from './oracle';
import { countsOf, writeRows } from './tables';

const actor = { name: 'tests', role: 'operator', via: 'cli', requestId: 'tests' } as const;
const fromDay = '2026-02-01';
const toDay = '2026-02-07';
const never = new AbortController().signal;

let ctx: TestContext;
let customer: Customer;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
  ctx.config.detection.chunkConversations = 50;
  customer = {
    id: 'acme',
    displayName: 'Acme',
    profiles: ['p1'],
    database: await freshDatabase(),
    timeZone: 'America/Los_Angeles',
  };
  await addCustomer(ctx, customer, actor);
  const rows = daysBetween(fromDay, toDay).flatMap((day, at) =>
    Array.from({ length: 60 }, (_, n): Row => {
      const startMs = Date.parse(`${day}T08:00:00Z`) + n * 20 * 60_000;
      const base = { customer: customer.id, profile: 'p1', agent: `agent-${n % 3}`, useCase: 'sales' };
      return { ...base, id: `${day}-${n}-${at}`, startMs, endMs: startMs + 60_000, versionMs: startMs + 120_000 };
    }),
  );
  await writeRows(ctx.admin, customer.database, 'truth', rows);
  const labels = rows.map((row, n) => ({ ...row, agent: n % 7 === 0 ? 'somebody' : row.agent }));
  await writeRows(
    ctx.admin,
    customer.database,
    'labels',
    // Every 50th has no label, and every 55th has it a day later.
    labels
      .filter((_, n) => n % 50 !== 0)
      .map((row, n) => (n % 55 === 0 ? { ...row, startMs: row.startMs + 86_400_000 } : row)),
  );
});
afterAll(() => ctx.close());

const expected = async () =>
  (await classifyScope(ctx, scopeOf(customer, fromDay, toDay), { chunkRows: 1_000_000 })).days.map((day) => [
    day.day,
    countsOf(day),
    day.byAgent,
  ]);
const stored = async () =>
  (await listDays(ctx, { customerId: customer.id, fromDay, toDay })).map((day) => [
    day.day,
    countsOf(day),
    day.byAgent,
  ]);
const request = () => requestScan(ctx, { customerId: customer.id, fromDay, toDay, full: true }, actor);
/** Stops the scan's process, as far as the scan can tell, when `chunks` chunks are done. */
async function runUntil(scanId: string, chunks: number) {
  const kill = new AbortController();
  const running = runScan(ctx, scanId, kill.signal).then(
    () => 'ended',
    (error: Error) => error.message,
  );
  await vi.waitUntil(async () => (await getScan(ctx, scanId)).chunksDone >= chunks, { timeout: 120_000, interval: 5 });
  kill.abort(new Error('killed'));
  return running;
}

const scanUser = 'slc:tests.stuck';
/** The reader, with a statement in place of the chunk's that would take minutes. */
function stuck(clickhouse: ClickHouse): ClickHouse {
  const slow = statement({
    name: 'tests.stuck',
    text: 'SELECT sum(sleepEachRow(1)) AS s FROM numbers(600) SETTINGS max_block_size = 1',
    row: z.unknown(),
  });
  return new Proxy(clickhouse, {
    get(target, key) {
      const real = Reflect.get(target, key);
      if (key !== 'command') return typeof real === 'function' ? real.bind(target) : real;
      return (asked: { name: string }, args: { signal?: AbortSignal }) =>
        asked.name === 'detection.read' ? target.read(slow, { signal: args.signal }) : real.call(target, asked, args);
    },
  });
}

async function statementsOf(comment: string): Promise<number> {
  const answer = await ctx.admin.client.query({
    query: `SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = '${comment}'`,
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ n: string }>();
  return Number(row?.n);
}

describe('a scan', () => {
  it('stores each day as it is, with what it cost', async () => {
    const { scanId } = await request();
    await runScan(ctx, scanId, never);
    const scan = await getScan(ctx, scanId);
    expect(scan).toMatchObject({ status: 'succeeded', atLeast: false, failure: null });
    expect(scan.chunksTotal).toBeGreaterThan(3);
    expect(scan.chunksDone).toBe(scan.chunksTotal);
    expect(scan.rowsRead).toBeGreaterThan(700);
    expect(await stored()).toEqual(await expected());
    expect((await overview(ctx)).data?.customers[0]).toMatchObject({ customerId: 'acme', newestDay: '2026-02-06' });
    expect((await listAudit(ctx, {})).map((entry) => entry.action)).toContain('scan.request');
  });

  it('killed in the middle and run again by another process gives the same days, and reads no chunk twice', async () => {
    const { scanId } = await request();
    expect(await runUntil(scanId, 2)).toBe('killed');
    const before = await getScan(ctx, scanId);
    expect(before.status).toBe('running');
    await runScan(ctx, scanId, never);
    const after = await getScan(ctx, scanId);
    expect(after).toMatchObject({ status: 'succeeded', chunksDone: after.chunksTotal });
    expect(await stored()).toEqual(await expected());
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toEqual(after);
  });

  it('whose end was saved although the connection broke is not ended again', async () => {
    const { scanId } = await request();
    let broken = 0;
    const transaction: typeof ctx.db.transaction = async (work) => {
      const result = await ctx.db.transaction(work);
      if (broken > 0 || (await getScan(ctx, scanId)).status !== 'succeeded') return result;
      broken++;
      throw new AppError('unavailable', 'The connection broke while this was being saved.');
    };
    await runScan({ ...ctx, db: { ...ctx.db, transaction } }, scanId, never);
    expect(broken).toBe(1);
    expect(await stored()).toEqual(await expected());
  });

  it('that another worker ended meanwhile stores nothing of what the first one has', async () => {
    const { scanId } = await request();
    let ended: object | null = null;
    const query: typeof ctx.db.query = async (asked, ...params) => {
      if (asked.name === 'detection.select_chunk_verdicts' && !ended) {
        await runScan(ctx, scanId, never);
        ended = await getScan(ctx, scanId);
      }
      return ctx.db.query(asked, ...params);
    };
    await runScan({ ...ctx, db: { ...ctx.db, query } }, scanId, never);
    expect(ended).toMatchObject({ status: 'succeeded' });
    expect(await getScan(ctx, scanId)).toEqual(ended);
    expect(await stored()).toEqual(await expected());
  });

  it('of a repaired day says nothing of the customer’s regular scans', async () => {
    await ctx.db.transaction((tx) => tellFailing(tx, 'acme', 'It is away.'));
    const failing = async () =>
      (await ctx.db.pool.query("SELECT 1 FROM notification_cases WHERE event = 'scan failing' AND resolved_at IS NULL"))
        .rowCount;
    const day = { customerId: 'acme', fromDay, toDay: '2026-02-02' };
    const relook = await requestScanFor(ctx, { ...day, cause: 'after repair', requestedBy: 'relook' });
    const [shown] = (await overview(ctx)).data?.customers ?? [];
    expect([shown?.customerId, shown?.scan ?? null]).toEqual(['acme', null]);
    await runScan(ctx, relook.scanId, never);
    expect(await failing()).toBe(1);
    await runScan(ctx, (await request()).scanId, never);
    expect(await failing()).toBe(0);
  });

  it('cancelled stops the statements it runs, keeps its chunks, and goes on when resumed', async () => {
    const { scanId } = await request();
    await runUntil(scanId, 2);
    const running = runScan({ ...ctx, clickhouse: stuck(ctx.clickhouse) }, scanId, never);
    await cancelScan(ctx, { scanId }, actor);
    await running;
    const cancelled = await getScan(ctx, scanId);
    expect(cancelled).toMatchObject({ status: 'cancelled', failure: null });
    expect(cancelled.chunksDone).toBeGreaterThanOrEqual(2);
    await vi.waitUntil(async () => (await statementsOf(scanUser)) === 0, { timeout: 10_000, interval: 50 });
    await resumeScan(ctx, { scanId }, actor);
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ status: 'succeeded' });
    expect(await stored()).toEqual(await expected());
    await expect(cancelScan(ctx, { scanId }, actor)).rejects.toMatchObject({ code: 'conflict' });
    await expect(resumeScan(ctx, { scanId }, actor)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('cancelled while it waits never runs', async () => {
    const { scanId } = await request();
    await cancelScan(ctx, { scanId }, actor);
    await runScan(ctx, scanId, never);
    expect(await getScan(ctx, scanId)).toMatchObject({ status: 'cancelled', chunksTotal: null });
  });

  it('is asked for once, however many ask for the same days before it begins', async () => {
    const asked = await Promise.all(Array.from({ length: 40 }, request));
    const scanId = asked[0]?.scanId ?? '';
    expect(new Set(asked.map((one) => one.scanId))).toEqual(new Set([scanId]));
    expect(asked.filter((one) => !one.alreadyWaits)).toHaveLength(1);
    await cancelScan(ctx, { scanId }, actor);
    const next = await request();
    expect(next).toMatchObject({ alreadyWaits: false });
    await cancelScan(ctx, { scanId: next.scanId }, actor);
  });

  it('of a customer without tables fails with the sentence that says so', async () => {
    await addCustomer(ctx, { ...customer, id: 'nowhere' }, actor);
    await ctx.db.pool.query("UPDATE customers SET database_name = 'no_such_database' WHERE id = 'nowhere'");
    const { scanId } = await requestScanFor(ctx, {
      customerId: 'nowhere',
      fromDay,
      toDay,
      cause: 'after repair',
      requestedBy: 'tests',
    });
    await runScan(ctx, scanId, never);
    const scan = await getScan(ctx, scanId);
    expect(scan).toMatchObject({ status: 'failed', failure: expect.stringContaining('no_such_database') });
  });

  it('after a repair waits for the units that follow, and takes neighbouring days together', async () => {
    const repaired = (from: string, to: string, moreFollow: boolean) =>
      ctx.db.transaction((tx) =>
        requestScanAfterRepair(ctx, { customerId: 'nowhere', fromDay: from, toDay: to, moreFollow }, tx),
      );
    const waiting = async () =>
      (
        await ctx.db.pool.query(
          `SELECT s.from_day, s.to_day, round(extract(epoch FROM j.start_after - j.created_on))::int AS seconds
           FROM scans s JOIN pgboss.job j ON j.name = 'scans' AND (j.data ->> 'scanId')::uuid = s.id
           WHERE s.customer_id = 'nowhere' AND s.status = 'queued' ORDER BY s.from_day`,
        )
      ).rows.map((row) => [row.from_day, row.to_day, row.seconds]);
    await repaired('2026-02-01', '2026-02-02', true);
    await repaired('2026-02-02', '2026-02-05', true);
    expect(await waiting()).toEqual([['2026-02-01', '2026-02-05', 10]]);
    await repaired('2026-02-07', '2026-02-08', true);
    await repaired('2026-01-01', '2026-02-01', true);
    await repaired('2026-02-05', '2026-02-06', false);
    expect(await waiting()).toEqual([
      ['2026-01-01', '2026-02-01', 10],
      ['2026-02-01', '2026-02-06', 10],
      ['2026-02-07', '2026-02-08', 10],
    ]);
    await repaired('2026-03-01', '2026-03-02', false);
    expect((await waiting()).at(-1)).toEqual(['2026-03-01', '2026-03-02', 0]);
    // One that began and waits again has its chunks, which would not hold other days.
    await ctx.db.pool.query("UPDATE scans SET started_at = now() WHERE customer_id = 'nowhere' AND status = 'queued'");
    await repaired('2026-03-02', '2026-03-03', true);
    expect((await waiting()).at(-1)).toEqual(['2026-03-02', '2026-03-03', 10]);
    await ctx.db.pool.query("UPDATE scans SET status = 'cancelled', ended_at = now() WHERE customer_id = 'nowhere'");
  });

  it('is asked for after a repair in transactions of few days each', async () => {
    await ctx.db.pool.query(`
      INSERT INTO relooks (customer_id, day, after, run_id, due_at)
      SELECT 'acme', '2025-01-01'::date + 2 * n, '1 day', gen_random_uuid(), now() - interval '1 hour'
      FROM generate_series(1, 60) n`);
    const asked: number[] = [];
    const transaction: typeof ctx.db.transaction = async (work) => {
      const scans = () =>
        ctx.db.pool.query("SELECT 1 FROM scans WHERE requested_by = 'relook' AND from_day < '2026-01-01'");
      const result = await ctx.db.transaction(work);
      asked.push((await scans()).rowCount ?? 0);
      return result;
    };
    const scanIds = await requestRelooks({ ...ctx, db: { ...ctx.db, transaction } });
    expect(scanIds).toHaveLength(60);
    expect(asked).toEqual([50, 60, 60]);
    await ctx.db.pool.query('DELETE FROM relooks');
    await ctx.db.pool.query('DELETE FROM scans WHERE id = ANY ($1)', [scanIds]);
  });

  it('is taken by a worker, and the schedule asks once for each customer', async () => {
    const stop = new AbortController();
    await workScans(ctx, stop.signal);
    const boss = await ctx.queue();
    const waiting = async () => (await boss.findJobs('scans', { queued: true })).length;
    await vi.waitUntil(async () => (await waiting()) === 0, { timeout: 120_000, interval: 100 });
    const { scanId } = await request();
    await vi.waitUntil(async () => (await getScan(ctx, scanId)).startedAtMs !== null, {
      timeout: 120_000,
      interval: 20,
    });
    const asked = await vi.waitUntil(
      async () => {
        await Promise.all([scheduleRound(ctx, never), scheduleRound(ctx, never)]);
        const { rows } = await ctx.db.pool.query(
          "SELECT id FROM scans WHERE cause = 'first start' AND customer_id = 'acme'",
        );
        return rows.length > 0
          ? z
              .array(z.object({ id: z.string() }))
              .length(1)
              .parse(rows)[0]?.id
          : null;
      },
      { timeout: 60_000, interval: 100 },
    );
    const scan = await getScan(ctx, asked ?? '');
    expect(scan).toMatchObject({ cause: 'first start', toDay, fromDay: addDays(toDay, -35) });
    expect(await firstScans(ctx, AbortSignal.timeout(50_000))).toEqual(['nowhere']);
    await vi.waitUntil(async () => (await getScan(ctx, asked ?? '')).status === 'succeeded', {
      timeout: 40_000,
      interval: 50,
    });
    stop.abort(new Error('the test has ended'));
  });
});
