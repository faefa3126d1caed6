import { afterAll, beforeAll, expect, it } from 'vitest';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import type { Customer } from '@/lib/customers/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { workScans } from '@/lib/detection/scan/work-scans';
import { listConversations } from '@/lib/detection/view/list-conversations';
import { listDays } from '@/lib/detection/view/list-days';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { type TestContext, testContext } from '@/tests/support/context';
import { dayOfIncident, incidentOf, operator, reached, start } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

/** Postgres holds no character zero in text or jsonb; ClickHouse does, and so do labels. */
const zero = {
  agent: 'Grace\0 Ito',
  useCase: 'baggage\0',
  orphan: 'orphan\0 1',
  truth: 'truth\0 1',
  profile: 'main\0',
};
const noonMs = Date.parse(`${incidentDay}T12:00:00Z`);

let ctx: TestContext;
const stop = new AbortController();

beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
  await workBackfills(ctx, stop.signal);
  await workScans(ctx, stop.signal);
});
afterAll(async () => {
  stop.abort(new Error('the test is over'));
  await ctx?.close();
});

const row = (given: object) => ({
  id: 'right',
  profile: 'reservations',
  agent: 'Grace Ito',
  useCase: 'baggage-chat',
  startMs: noonMs,
  endMs: noonMs + 30_000,
  updatedMs: noonMs + 60_000,
  ...given,
});

/** The incident's day with labels that hold the character zero, and truth too where that is asked for. */
const customerWith = (truth: object[] = []): Promise<Customer> =>
  incidentOf(ctx, {
    change({ rows }) {
      rows.truth.push([row({}), ...truth.map(row)]);
      rows.labels.push([
        row({ agent: zero.agent, useCase: zero.useCase, updatedMs: noonMs + 61_000 }),
        row({ id: zero.orphan, agent: zero.agent }),
        ...truth.map(row),
      ]);
    },
  });

const request = (customer: Customer) => ({
  customerId: customer.id,
  fromDay: incidentDay,
  toDay: '2026-02-11',
});

it('a scan of labels with the character zero ends, and shows it in the day’s agents', async () => {
  const customer = await customerWith();
  const { scanId } = await requestScan(ctx, request(customer), operator);
  const scan = await until('the scan ended', async () => {
    const found = await getScan(ctx, scanId);
    return ['succeeded', 'failed'].includes(found.status) && found;
  });
  expect(scan).toMatchObject({ status: 'succeeded', failure: null });
  const [day] = await listDays(ctx, request(customer));
  expect(day).toMatchObject({ orphans: 1, stale: 18 });
  expect(JSON.stringify(day)).toContain('Grace␀ Ito');
  const { rows } = await listConversations(ctx, {
    customerId: customer.id,
    day: incidentDay,
    flags: [],
    search: 'orphan',
    rowsMax: 10,
    offset: 0,
  });
  expect(rows.map(({ conversationId }) => conversationId)).toEqual([zero.orphan]);
});

it('a repair takes such labels away, with its snapshots of Active Days before and after', async () => {
  const customer = await customerWith();
  const plan = await planBackfill(ctx, dayOfIncident(customer));
  expect(plan.expectedActiveDays.map(({ agent }) => agent)).toContain(zero.agent);
  const runId = await start(ctx, dayOfIncident(customer));
  const run = await reached(ctx, runId, ['verified']);
  expect(run.units[0]?.evidence).toMatchObject({ stale: 0, lost: 0, duplicates: 0 });
});

it('a plan over a truth that no chat can hold names it, and refuses to lose its label', async () => {
  const customer = await customerWith([{ id: zero.truth }]);
  await ctx.chats.pool.query('DELETE FROM chats WHERE id LIKE $1', ['truth%']);
  const plan = await planBackfill(ctx, dayOfIncident(customer));
  const chats = plan.checks.find(({ id }) => id === 'chats');
  expect(chats).toMatchObject({ verdict: 'fail', numbers: { wouldBeLost: 1 } });
  expect(chats?.sentence).toContain('could not bring back what the delete takes: truth␀ 1.');
});

it('a plan over a profile that cannot be registered names it', async () => {
  const customer = await customerWith([{ id: 'of another profile', profile: zero.profile }]);
  const plan = await planBackfill(ctx, dayOfIncident(customer));
  expect(plan.checks.find(({ id }) => id === 'profiles')).toMatchObject({
    verdict: 'fail',
    sentence: expect.stringContaining('not registered: main␀.'),
  });
});
