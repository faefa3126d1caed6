import { afterAll, beforeAll, expect, it } from 'vitest';
import { addCustomer } from '@/lib/customers/add-customer';
import { requestScanFor } from '@/lib/detection/scan/request-scan';
import { noteCluster, readPressure } from '@/lib/detection/schedule/obstacles';
import type { ScheduleView } from '@/lib/detection/schedule/view-model';
import { runCli } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';
import { freshDatabase } from '../../support/fresh';
import { operator } from '../../support/repair';

let ctx: TestContext;
const sql = (text: string, values: unknown[] = []) => ctx.db.pool.query(text, values);
beforeAll(async () => {
  ctx = await testContext({ env: { SLC_SCAN_EVERY_MINUTES: '15', SLC_SCAN_SECONDS_AN_HOUR: '100' } });
  const database = await freshDatabase();
  const at = { profiles: ['p1'], database, timeZone: 'UTC' };
  for (const id of ['anna', 'bea', 'zoe']) await addCustomer(ctx, { id, displayName: id, ...at }, operator);
  const days = { fromDay: '2026-02-10', toDay: '2026-02-11' };
  const { scanId } = await requestScanFor(ctx, {
    customerId: 'bea',
    ...days,
    cause: 'schedule',
    requestedBy: 'schedule',
  });
  await sql(
    `UPDATE scans SET status = 'failed', failure = 'A disk is full.', kind = 'full', rows_read = 12345, started_at = now(),
       ended_at = now(), elapsed_ms = 4200 WHERE id = $1`,
    [scanId],
  );
  await sql(`
    INSERT INTO scheduled_customers (customer_id, asked_at, looked_at, failures, failure, not_before)
    VALUES ('anna', now() - interval '1 day', now() - interval '2 hours', 0, NULL, NULL),
      ('bea', now() - interval '1 day', now() - interval '2 minutes', 0, NULL, NULL),
      ('zoe', now() - interval '1 day', NULL, 2, 'ClickHouse has no such database.', now() + interval '1 hour')`);
  await sql(`
    INSERT INTO schedule_costs (hour, customer_id, kind, runs, statements, rows_read, bytes_read, engine_ms)
    SELECT date_trunc('hour', now() - interval '1 hour', 'UTC'), id, 'looks', 1, 2, 3000000, 9000, ms
    FROM unnest(ARRAY['anna', 'bea'], ARRAY[60000, 2000]) AS c (id, ms)`);
  await sql(`
    INSERT INTO scan_audits (scan_id, customer_id, audited_at, days, days_left, conversations, missed, sentence)
    VALUES (gen_random_uuid(), 'anna', now(), 33, 2, 4812, 0, '2 days could not be compared because of a test'),
      (gen_random_uuid(), 'bea', now(), 0, 35, 0, 0, '35 days could not be compared because of a test')`);
});
afterAll(() => ctx.close());

const cli = (...args: string[]) => runCli(ctx.env, ['schedule', ...args]);

it('says what ran, what it cost, what is due and why it waits, and who does not fit, with its exit code', async () => {
  const all = await cli('--show', 'all');
  expect(all.code).toBe(5);
  expect(all.errors).toContain(
    '35 days of each customer, every 15 minutes: 1 due or under way, 1 late, 1 cannot be read.',
  );
  expect(all.errors).toMatch(/2 customers × 35 days do not fit into their period: .* 62 engine seconds of the 25 /);
  expect(all.errors).toContain('More than a whole period by itself: anna. Late at this moment: anna.');
  expect(all.errors).toContain('This hour took 0 of 100 engine seconds.');
  expect(all.errors).toMatch(
    /^.*Looked again at 4,812 conversations of 2 customers, missed 0; 37 days could not be compared; /m,
  );
  expect(all.errors).toContain(
    'anna: looked again at 4,812 conversations, missed 0; 2 days could not be compared because of a test',
  );
  expect(all.errors).toContain('bea: 35 days could not be compared because of a test');
  const [customers = '', scans = ''] = all.out.split('\n\n');
  expect(customers).toMatch(/^anna +due +\S+ \S+ UTC +\S+ \S+ UTC +60 +-/m);
  expect(customers).toMatch(/^bea +later +\S+ \S+ UTC +\S+ \S+ UTC +2 +-/m);
  expect(customers).toMatch(
    /^zoe +back-off +- .* It could not be read 2 times in a row: ClickHouse has no such database\./m,
  );
  expect(scans).toMatch(/^bea +failed +schedule +\S+ \S+ UTC +4 +12,345 +A disk is full\.$/m);
});

it('says why the one that is due waits while the cluster is busy', async () => {
  await noteCluster(ctx, await readPressure(ctx.db, Date.now()), 'A server mutates 40 parts at this moment.');
  const due = await cli();
  expect(due.errors).toMatch(/^The cluster is busy: A server mutates 40 parts at this moment\. Until \S+ \S+ UTC\./m);
  expect(due.out).toMatch(/^anna +due .* A server mutates 40 parts at this moment\./m);
  expect(due.out.split('\n\n')[0]).not.toContain('zoe');
  const { obstacle, customers }: ScheduleView = JSON.parse((await cli('--json')).out);
  expect(obstacle).toMatchObject({ kind: 'busy' });
  expect(customers.rows).toMatchObject([{ customerId: 'anna', isLate: true, cost: { engineMs: 60_000 } }]);
  expect(await cli('--show', 'nobody')).toMatchObject({ code: 2 });
});
