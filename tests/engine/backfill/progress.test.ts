import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { percentOf } from '@/lib/backfill/state/progress-model';
import { mutationProgress, withSample } from '@/lib/backfill/state/samples-model';
import { getRun } from '@/lib/backfill/view/get-run';
import { listRuns } from '@/lib/backfill/view/list-runs';
import { type Customer, scopeOf } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { bytesToDo } from '@/lib/label-store/bytes-to-do';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, reached, start, stops } from '../../support/repair';
import { until } from '../../support/until';

let mergesRead = 0;
let mergesDenied = false;
let proxy: Awaited<ReturnType<typeof clickhouseProxy>>;
let ctx: TestContext;
const stop = new AbortController();

beforeAll(async () => {
  proxy = await clickhouseProxy(inject('engines').clickhouseUrl, (sql) => {
    const reads = /`merges`/.test(sql);
    if (reads) mergesRead += 1;
    return reads && mergesDenied
      ? { kind: 'answer', forward: false, status: 403, code: 497, text: 'access denied' }
      : { kind: 'pass' };
  });
  ctx = await testContext({ process: 'worker', env: { CLICKHOUSE_URL: proxy.url } });
  await ctx.db.pool.query(
    "INSERT INTO workers (id, host, pid, started_at, seen_at) VALUES (gen_random_uuid()::text, 'here', 1, now(), now() + interval '1 hour')",
  );
  await workBackfills(ctx, stop.signal);
});
afterAll(async () => {
  stop.abort(new Error('the test is over'));
  await ctx?.close();
  await proxy?.close();
});

const labelsOf = ({ database }: Customer) => `${database}.conversation_with_labels`;
const run = (query: string) => ctx.admin.client.command({ query });
const numberOf = async (query: string) => {
  const answer = await ctx.admin.client.query({ query, format: 'JSONEachRow' });
  const [row] = await answer.json<{ value: string }>();
  return Number(row?.value);
};

it('the bytes that a mutation has to do are those of its parts that hold rows of the scope, also without system.merges', async () => {
  const customer = await incidentOf(ctx);
  const labels = labelsOf(customer);
  await run(`SYSTEM STOP MERGES ${labels}`);
  // Another part of the same partition, without a row of the day.
  await run(
    `INSERT INTO ${labels} SELECT * REPLACE (conversation_start_time + INTERVAL 3 DAY AS conversation_start_time) FROM ${labels}`,
  );
  const scope = scopeOf(customer, incidentDay, '2026-02-11');
  const tables = await readTables(ctx, scope);
  const read = () => bytesToDo(ctx, { scope, tables, tag: 'slc:run/2026-02-10' });
  expect(await read()).toEqual([]);
  await run(
    `ALTER TABLE ${labels} DELETE WHERE toDate(conversation_start_time) = '${incidentDay}' AND 'slc:run/2026-02-10/1' != ''`,
  );
  const expected = await numberOf(
    `SELECT sum(bytes_on_disk) AS value FROM system.parts WHERE active AND database = '${customer.database}' AND table = 'conversation_with_labels'
      AND name IN (SELECT _part FROM ${labels} WHERE toDate(conversation_start_time) = '${incidentDay}')`,
  );
  const all = await numberOf(
    `SELECT sum(bytes_on_disk) AS value FROM system.parts WHERE active AND database = '${customer.database}' AND table = 'conversation_with_labels'`,
  );
  expect(expected).toBeGreaterThan(0);
  expect(expected).toBeLessThan(all);
  const [host] = await read();
  expect(host?.bytes).toBe(expected);
  expect(mergesRead).toBeGreaterThan(0);

  mergesDenied = true;
  const other = await testContext({ process: 'test', env: { CLICKHOUSE_URL: proxy.url } });
  const without = () => bytesToDo(other, { scope, tables, tag: 'slc:run/2026-02-10' });
  try {
    expect(await without()).toEqual([host]);
    const reads = mergesRead;
    expect(await without()).toEqual([host]);
    expect(mergesRead).toBe(reads);
  } finally {
    mergesDenied = false;
    await other.close();
  }
  await run(`SYSTEM START MERGES ${labels}`);
  await until('the mutation is done', async () => (await read()).length === 0);
  const samples = [
    { atMs: 0, hosts: host ? [host] : [] },
    { atMs: 2_000, hosts: [] },
  ];
  expect(mutationProgress(samples.reduce(withSample, [] as typeof samples), 2_000)).toMatchObject({ secondsLeft: 0 });
});

it('a run shows how far it is, each mutation in bytes, and time left only once something was measured', async () => {
  const customer = await incidentOf(ctx);
  const labels = labelsOf(customer);
  await run(`SYSTEM STOP MERGES ${labels}`);
  const runId = await start(ctx, dayOfIncident(customer), ['labeler-running']);
  const waiting = await until(
    'the mutation is sampled',
    async () => {
      const now = await getRun(ctx, runId);
      return now.units[0]?.mutation[0]?.progress ? now : null;
    },
    { everyMs: 100 },
  );
  const [unit] = waiting.units;
  expect(unit?.status).toBe('waiting for mutation');
  expect(unit?.mutation).toMatchObject([{ isDone: false, progress: { done: 0, secondsLeft: null } }]);
  expect(unit?.mutation[0]?.progress?.of).toBeGreaterThan(0);
  expect(percentOf(unit?.progress ?? { done: 1, of: 1, secondsLeft: 0 })).toBeLessThan(99);
  expect(waiting.progress).toMatchObject({ secondsLeft: null });
  const [listed] = await listRuns(ctx, { customerId: customer.id });
  expect(percentOf(listed?.progress ?? { done: 0, of: 1, secondsLeft: 0 })).toBeGreaterThan(0);
  await run(`SYSTEM START MERGES ${labels}`);
  const over = await reached(ctx, runId, ['verified']);
  expect(over.progress).toBeNull();
  expect(over.units[0]?.progress).toBeNull();

  // The next run of the customer knows its pace from the beginning, and its percent does not fall to its end.
  const next = await start(ctx, dayOfIncident(customer, { onlyAffected: false }), ['labeler-running']);
  const seen: number[] = [];
  const left: number[] = [];
  await until(
    'the next run is over',
    async () => {
      const now = await getRun(ctx, next);
      if (now.progress) {
        seen.push(percentOf(now.progress));
        if (now.progress.secondsLeft !== null) left.push(now.progress.secondsLeft);
      }
      return stops.includes(now.status);
    },
    { everyMs: 100 },
  );
  expect(seen.length).toBeGreaterThan(3);
  expect(left[0]).toBeGreaterThan(0);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(Math.max(...seen)).toBeLessThan(100);
  expect((await getRun(ctx, next)).status).toBe('verified');
});
