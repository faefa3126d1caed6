import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { controlRun } from '@/lib/backfill/control-run';
import { getRun } from '@/lib/backfill/get-run';
import { workBackfills } from '@/lib/backfill/work-backfills';
import { clickhouseProxy } from '../support/clickhouse-proxy';
import { type TestContext, testContext } from '../support/context';
import { dayOfIncident, incidentOf, operator, reached, start } from '../support/repair';
import { until } from '../support/until';

let withdrawn = false;
let proxy: Awaited<ReturnType<typeof clickhouseProxy>>;
let ctx: TestContext;
const stop = new AbortController();

beforeAll(async () => {
  proxy = await clickhouseProxy(inject('engines').clickhouseUrl, (sql, user) =>
    withdrawn && user === 'slc_reader' && /\bmutations\b/.test(sql)
      ? { kind: 'answer', forward: false, status: 403, code: 497, text: 'access denied' }
      : { kind: 'pass' },
  );
  ctx = await testContext({ process: 'worker', env: { CLICKHOUSE_URL: proxy.url } });
  await workBackfills(ctx, stop.signal);
});
afterAll(async () => {
  stop.abort(new Error('the test is over'));
  await ctx?.close();
  await proxy?.close();
});

it('stops with a sentence when the reader loses its right while the mutation is waited for, and resumes there', async () => {
  const customer = await incidentOf(ctx);
  const labels = `${customer.database}.conversation_with_labels`;
  await ctx.admin.client.command({ query: `SYSTEM STOP MERGES ${labels}` });
  const runId = await start(ctx, dayOfIncident(customer), ['labeler-running']);
  await until(
    'the mutation is waited for',
    async () => (await getRun(ctx, runId)).items[0]?.status === 'waiting for mutation',
  );
  withdrawn = true;
  const stopped = await reached(ctx, runId, ['needs attention']);
  expect(stopped.items[0]?.failure).toBe(
    '"waiting for mutation" could not go on. ClickHouse refuses this to its user slc_reader, whose password or a right is missing. Nothing was changed by this request. The rights are in deploy/clickhouse/users.sql.',
  );
  withdrawn = false;
  await ctx.admin.client.command({ query: `SYSTEM START MERGES ${labels}` });
  await controlRun(ctx, { runId, control: 'resume', reason: 'the right is back' }, operator);
  const run = await reached(ctx, runId, ['verified']);
  expect(run.items[0]).toMatchObject({ attempt: 1, evidence: { deletedRows: 50, labelRows: 50 } });
});
