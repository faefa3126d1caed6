import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { requireWithinLimit } from '@/lib/edge/limits';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { connectPostgres } from '@/lib/postgres/client';
import { pgStatement } from '@/lib/postgres/statement';
import { runBundled } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';
import { freshPostgres, testLog } from '../../support/fresh';
import { noPgBouncer, startPgBouncer } from '../../support/pgbouncer';
import { approvedUndo, dayOfIncident, incidentOf, labelRowsOf, operator, reached, start } from '../../support/repair';
import { until } from '../../support/until';

const it = test.skipIf(noPgBouncer);
let bouncer: Awaited<ReturnType<typeof startPgBouncer>>;
let ctx: TestContext;
let worker: ReturnType<typeof runBundled>;
beforeAll(async () => {
  bouncer = await startPgBouncer();
  ctx = await testContext({ pooled: bouncer.through });
  worker = runBundled('worker.mjs', { ...ctx.env, SLC_LOG_LEVEL: 'info' });
});
afterAll(async () => {
  worker?.child.kill('SIGTERM');
  await worker?.ended;
  await ctx?.close();
  await bouncer?.stop();
});

const pooled = (url: string) =>
  connectPostgres({ url: bouncer.through(url), log: testLog, application: 'tests', connectionsMax: 2 });

it('migrates through PgBouncer, two releases at once, and leaves no lock behind', async () => {
  const { chatsUrl: empty } = await freshPostgres();
  const env = { SLC_DATA_DIR: '/nowhere', DATABASE_URL: bouncer.through(empty) };
  const both = await Promise.all([runBundled('migrate.mjs', env).ended, runBundled('migrate.mjs', env).ended]);
  expect(both.map(({ code, errors }) => [code, errors])).toEqual([
    [0, ''],
    [0, ''],
  ]);
  expect(both.map(({ out }) => out.startsWith('Ran 0001_customers.sql')).sort()).toEqual([false, true]);
  const direct = connectPostgres({ url: empty, log: testLog, application: 'tests', connectionsMax: 1 });
  const { rows: locks } = await direct.pool.query(
    `SELECT 1 FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  expect(locks).toEqual([]);
  await direct.close();
});

it('a migration and the wait for its turn outlast the time that a role gives its statements', async () => {
  const { chatsUrl: empty } = await freshPostgres();
  const db = connectPostgres({ url: empty, log: testLog, application: 'tests', connectionsMax: 1 });
  await db.pool.query(`ALTER DATABASE ${new URL(empty).pathname.slice(1)} SET statement_timeout = '300ms'`);
  await db.close();
  const holder = new Client(empty);
  await holder.connect();
  await holder.query('SET statement_timeout = 0');
  await holder.query('SELECT pg_advisory_lock(6242001)');
  const migrating = runBundled('migrate.mjs', { SLC_DATA_DIR: '/nowhere', DATABASE_URL: empty });
  await until('it has waited longer than that', async () => {
    const { rows } = await holder.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE wait_event = 'advisory' AND datname = current_database() AND query_start < now() - interval '1 second'`,
    );
    return rows.length > 0;
  });
  await holder.end();
  expect(await migrating.ended).toMatchObject({ code: 0, errors: '' });
});

it('a scan, a repair and its undo run through PgBouncer by a worker that looks for its jobs', async () => {
  const customer = await incidentOf(ctx);
  const before = await labelRowsOf(ctx, customer);
  const range = { customerId: customer.id, fromDay: incidentDay, toDay: '2026-02-11' };
  const { scanId } = await requestScan(ctx, range, operator);
  const scan = await until('the scan is done', async () => {
    const found = await getScan(ctx, scanId);
    return found.status === 'succeeded' || found.status === 'failed' ? found : null;
  });
  expect(scan).toMatchObject({ status: 'succeeded' });
  const runId = await start(ctx, dayOfIncident(customer));
  await reached(ctx, runId, ['verified']);
  expect(await labelRowsOf(ctx, customer)).not.toEqual(before);
  const plan = await planUndo(ctx, { runId });
  await reached(ctx, await approvedUndo(ctx, { runId, planHash: plan.hash, reason: 'as it was' }), ['verified']);
  expect(await labelRowsOf(ctx, customer)).toEqual(before);
  worker.child.kill('SIGTERM');
  const { errors } = await worker.ended;
  expect(errors).toContain('there is a pooler before the database');
  expect(errors).not.toMatch(/LISTEN|08P01|"level":50/);
});

it('a statement has its sixty seconds through PgBouncer and without it, and passes them on to nobody', async () => {
  const { url } = await freshPostgres();
  const settled = pgStatement({ name: 'tests.timeout', text: 'SHOW statement_timeout', row: z.unknown() });
  const ways = [bouncer.through(url), url].flatMap((to) => [true, false].map((pipelined) => ({ url: to, pipelined })));
  for (const way of ways) {
    const db = connectPostgres({ ...way, log: testLog, application: 'tests', connectionsMax: 2 });
    const read = await Promise.all(Array.from({ length: 20 }, () => db.query(settled)));
    expect(read.flat(), JSON.stringify(way)).toEqual(read.map(() => ({ statement_timeout: '1min' })));
    const [inside] = await db.transaction(async ({ client }) => (await client.query('SHOW statement_timeout')).rows);
    expect(inside).toEqual({ statement_timeout: '1min' });
    expect((await db.pool.query('SHOW statement_timeout')).rows).toEqual([{ statement_timeout: '0' }]);
    await db.close();
  }
});

it('attempts are counted through PgBouncer, on whichever server connection comes', async () => {
  const attempts = Array.from({ length: 12 }, (_, index) =>
    requireWithinLimit(ctx, 'action', { person: `person ${index}` }),
  );
  expect(await Promise.allSettled(attempts)).toEqual(attempts.map(() => ({ status: 'fulfilled', value: undefined })));
  const again = Array.from({ length: 12 }, () => requireWithinLimit(ctx, 'action', { person: 'person 1' }));
  expect(await Promise.allSettled(again)).toEqual(again.map(() => ({ status: 'fulfilled', value: undefined })));
});

it('says what a pooler refuses: a parameter, a database that it does not have, a password', async () => {
  const { url } = await freshPostgres();
  const refusal = async (change: (to: URL) => void) => {
    const to = new URL(url);
    change(to);
    const db = pooled(to.href);
    const error = await db.transaction(async () => undefined).catch((thrown) => thrown);
    await db.close();
    return `${error.code}: ${error.message}`;
  };
  expect(await refusal((to) => to.searchParams.set('statement_timeout', '1000'))).toBe(
    'unavailable: A pooler in front of the console’s database refuses how the console connects (unsupported startup parameter: statement_timeout). Take that parameter out of the URL, or let the pooler ignore it. Nothing was changed by this request.',
  );
  const not =
    'unavailable: The console’s database refuses this user or password, or does not exist. Nothing was changed by this request.';
  expect(await refusal((to) => Object.assign(to, { password: 'wrong' }))).toBe(not);
  expect(await refusal((to) => Object.assign(to, { username: 'nobody' }))).toBe(not);
  expect(await refusal((to) => Object.assign(to, { pathname: '/nowhere' }))).toBe(not);
});
