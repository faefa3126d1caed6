import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { ClickHouse } from '@/lib/clickhouse/client';
import { lookAtWay } from '@/lib/clickhouse/way';
import { checkCustomer } from '@/lib/customers/check-customer';
import type { Customer } from '@/lib/customers/model';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { readHealth } from '@/lib/health/read-health';
import { runBundled } from '../../support/bundled';
import { type Change, clickhouseWay, likeChproxy, twoNodes, twoNodesPinned } from '../../support/clickhouse-ways';
import { testLog } from '../../support/fresh';
import { checkOf, dayOfIncident, incidentOf, labelRowsOf, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

let ctx: Awaited<ReturnType<typeof workingContext>>;
let customer: Customer;
const open: { close(): unknown }[] = [];
beforeAll(async () => {
  ctx = await workingContext();
  customer = await incidentOf(ctx);
});
afterAll(async () => {
  for (const each of open) await each.close();
  await ctx?.close();
});

async function through(change: Change, answerWithout: string[] = []) {
  const proxy = await clickhouseWay(inject('engines').clickhouseUrl, change, answerWithout);
  const clickhouse = new ClickHouse({ url: proxy.url, user: ctx.config.clickhouse.users.reader, log: testLog });
  open.push(clickhouse, proxy);
  return { ...ctx, clickhouse, url: proxy.url };
}

const dropped =
  /A proxy between the console and ClickHouse drops settings of statements \(log_comment, max_execution_time, .*Point CLICKHOUSE_URL at a server/;
const divided =
  /A balancer before ClickHouse sends the statements of one session to different servers\. Point CLICKHOUSE_URL/;

it.each([
  ['the engine itself', () => undefined],
  ['a balancer that pins sessions', twoNodesPinned],
])('%s is a way on which nothing is lost', async (_, change) => {
  const way = await through(change);
  expect(await lookAtWay(way.clickhouse)).toMatchObject({ verdict: 'ok' });
  expect(checkOf(await planBackfill(way, dayOfIncident(customer)), 'way')).toMatchObject({ verdict: 'pass' });
  expect((await checkCustomer(way, customer.id)).map(({ id, verdict }) => [id, verdict])).toContainEqual([
    'way',
    'pass',
  ]);
  expect((await readHealth(way)).parts).toContainEqual(expect.objectContaining({ name: 'way', status: 'ok' }));
});

it.each([
  ['a proxy with an allow list, such as chproxy', likeChproxy, dropped],
  ['a balancer that divides sessions', twoNodes, divided],
])('%s is found out by health, check, plan and undo before anything is changed', async (_, change, sentence) => {
  const way = await through(change);
  expect((await readHealth(way)).parts).toContainEqual(
    expect.objectContaining({ name: 'way', status: 'failed', sentence: expect.stringMatching(sentence) }),
  );
  expect(await checkCustomer(way, customer.id)).toEqual([
    { id: 'way', verdict: 'fail', sentence: expect.stringMatching(sentence) },
  ]);
  const refused = { code: 'refused', message: expect.stringMatching(sentence) };
  await expect(planBackfill(way, dayOfIncident(customer))).rejects.toMatchObject(refused);
  const repaired = await incidentOf(ctx);
  const runId = await start(ctx, dayOfIncident(repaired));
  await reached(ctx, runId, ['verified']);
  const rows = await labelRowsOf(ctx, repaired);
  await expect(planUndo(way, { runId, unit: incidentDay })).rejects.toMatchObject(refused);
  expect(await labelRowsOf(ctx, repaired)).toEqual(rows);
});

it('a Job whose settings are dropped on its way ends before it changes anything', async () => {
  const { url } = await through(likeChproxy);
  const job = runBundled('job.mjs', { ...ctx.env, CLICKHOUSE_URL: url, SLC_JOB_ORDER: '{}' }, ['restore']);
  const { out, code } = await job.ended;
  expect(out).toMatch(/drops settings of statements \(.*insert_deduplicate.*\).*Nothing was changed/);
  expect(code).not.toBe(0);
});

it('replaced query ids and progress that stays away are warnings', async () => {
  const renamed = await through((params) => params.set('query_id', randomUUID()));
  expect(await lookAtWay(renamed.clickhouse)).toMatchObject({
    verdict: 'warning',
    sentence: expect.stringContaining('replaces query ids'),
  });
  const silent = await through(() => undefined, ['x-clickhouse-progress']);
  expect(await lookAtWay(silent.clickhouse)).toMatchObject({
    verdict: 'warning',
    sentence: expect.stringContaining('Progress headers do not come back'),
  });
});
