import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { getRun } from '@/lib/backfill/view/get-run';
import { clickhouseProxy } from '../../support/clickhouse-proxy';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, reached, start } from '../../support/repair';
import { until } from '../../support/until';

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

it('waits and says why when the reader loses its right while the mutation is waited for, and goes on by itself', async () => {
  const customer = await incidentOf(ctx);
  const labels = `${customer.database}.conversation_with_labels`;
  await ctx.admin.client.command({ query: `SYSTEM STOP MERGES ${labels}` });
  const runId = await start(ctx, dayOfIncident(customer), ['labeler-running']);
  await until(
    'the mutation is waited for',
    async () => (await getRun(ctx, runId)).units[0]?.status === 'waiting for mutation',
    { everyMs: 100 },
  );
  withdrawn = true;
  const step = async () => (await getRun(ctx, runId)).units[0]?.steps.find((one) => one.step === 'mutation');
  await until('the refusal is shown', async () => (await step())?.sentence?.includes('refuses this'), { everyMs: 100 });
  expect((await step())?.sentence).toBe(
    'ClickHouse refuses this to its user slc_reader, whose password or a right is missing. Nothing was changed by this request. The rights are in deploy/clickhouse/users.sql. Asking again.',
  );
  withdrawn = false;
  await ctx.admin.client.command({ query: `SYSTEM START MERGES ${labels}` });
  const run = await reached(ctx, runId, ['verified']);
  expect(run.units[0]).toMatchObject({ attempt: 1, evidence: { deletedRows: 50, labelRows: 50 } });
});
