import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveStartFailure } from '@/lib/approvals/sql';
import { addCustomer } from '@/lib/customers/add-customer';
import { unfinishedMutations } from '@/lib/label-store/unfinished-mutations';
import { listTrouble } from '@/lib/trouble/list-trouble';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshName } from '@/tests/support/fresh';
import { label, labelTable } from '@/tests/support/labels';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import { ann, approvalsIn, olga } from '../approvals/asking';

let aheadMs = 0;
let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ clock: { now: () => Date.now() + aheadMs } });
});
afterAll(() => ctx?.close());

/** Past what is kept of an earlier look. */
const look = (at = ctx) => {
  aheadMs += 61_000;
  return listTrouble(at, ann);
};
const work = () =>
  ctx.db.pool.query(`INSERT INTO workers (id, host, pid, started_at, seen_at) VALUES ($1, 'here', 1, now(), now())`, [
    randomUUID(),
  ]);

it('a console on which nobody works names that, and nothing else', async () => {
  const { trouble, unknown } = await look();
  expect(trouble).toMatchObject([{ kind: 'worker', sentence: expect.stringContaining('No worker is running') }]);
  expect(unknown).toEqual([]);
  await work();
  expect((await look()).trouble).toEqual([]);
});

it('a run that needs attention, a failing mutation and an approval are named with whose they are', async () => {
  const table = await labelTable(ctx);
  const id = freshName('acme');
  await table.insert([label({ customer_id: id })]);
  const { database } = table.scope;
  await addCustomer(ctx, { id, displayName: id, profiles: ['main'], database, timeZone: 'UTC' }, operator);
  await table.run("ALTER TABLE $labels UPDATE usecase_id = 'y' WHERE throwIf(1, 'no') SETTINGS mutations_sync = 0");
  await until('it fails', async () => (await unfinishedMutations(ctx, { tables: table.tables }))[0]?.failReason);
  const runId = randomUUID();
  await ctx.db.pool.query(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, status, plan_hash, plan, started_by)
     VALUES ($1, $2, 'replace', '2026-02-10', '2026-02-11', $3, 'needs attention', 'x', '{"rowsToDelete": 17}', 'olga')`,
    [runId, id, JSON.stringify({ ...table.scope, customerId: id })],
  );
  const { asked, decide } = approvalsIn(() => ctx);
  const given = await asked({ customerId: id, summary: 'the large plan' }, olga);
  await decide(given, ann);
  await ctx.db.query(saveStartFailure, { id: given.approvalId, failure: 'The plan changed.', passes: false });
  const of = await asked({ customerId: id }, olga);
  const { trouble } = await look();
  expect(trouble).toMatchObject([
    { kind: 'run', id: runId, customers: [id] },
    { kind: 'mutation', customers: [id], sentence: expect.stringContaining('is failing') },
    {
      kind: 'start',
      id: given.approvalId,
      customers: [id],
      sentence: 'the large plan: ann approved what olga asked for, but it has not started. The plan changed.',
    },
    { kind: 'approval', id: of.approvalId, sentence: expect.stringContaining('olga asked for an approval') },
  ]);
  const own = await listTrouble(ctx, olga);
  expect(own.trouble.at(-1)?.sentence).toContain('Your request waits for a second person');
  await table.run(`KILL MUTATION WHERE database = '${database}' ASYNC`);
});

it('an engine that is away is trouble, and what could not be looked at is not taken for none', async () => {
  const away = await testContext({ env: { CLICKHOUSE_URL: 'http://127.0.0.1:9' } });
  const id = freshName('acme');
  await away.db.pool.query(
    `WITH made AS (INSERT INTO customers (id, display_name, database_name, time_zone) VALUES ($1, $1, 'somewhere', 'UTC'))
     INSERT INTO customer_profiles (customer_id, profile_id) VALUES ($1, 'main')`,
    [id],
  );
  const { trouble, unknown } = await listTrouble(away, ann);
  expect(trouble).toContainEqual(expect.objectContaining({ kind: 'engine', id: 'clickhouse' }));
  expect(unknown).toEqual([expect.stringMatching(/^Mutations could not be read. ClickHouse does not answer/)]);
  await away.close();
});
