import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { planBackfill } from '@/lib/backfill/plan/plan-backfill';
import { requestPlan } from '@/lib/backfill/plan/request-plan';
import { customersOf } from '@/lib/campaigns/plan/customers-of';
import { addCustomer } from '@/lib/customers/add-customer';
import { editCustomer, setCustomerState } from '@/lib/customers/change/change-customer';
import { readChange } from '@/lib/customers/change/read-change';
import { applyFile } from '@/lib/customers/file/apply-file';
import { fileOf, parseFile } from '@/lib/customers/file/parse-file';
import { planFile } from '@/lib/customers/file/plan-file';
import { getCustomer } from '@/lib/customers/get-customer';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import { requireSameDays, requireUnchanged } from '@/lib/customers/require-active';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { runScan } from '@/lib/detection/scan/run-scan';
import { selectStates } from '@/lib/detection/schedule/sql/states';
import { type TestContext, testContext } from '../../support/context';
import { dayOfIncident, incidentOf, operator, start } from '../../support/repair';

let ctx: TestContext;
let customer: Customer;
const never = new AbortController().signal;

beforeAll(async () => {
  ctx = await testContext();
  customer = await incidentOf(ctx);
});
afterAll(() => ctx.close());

const now = () => getCustomer(ctx, customer.id);
const values = async (more: object = {}) => {
  const { id, displayName, database, profiles, timeZone, aliases, version } = await now();
  return { customerId: id, displayName, database, profiles, timeZone, aliases, version, ...more };
};
const setState = async (state: 'active' | 'paused' | 'retired') =>
  setCustomerState(
    ctx,
    { customerId: customer.id, version: (await now()).version, state, reason: 'the test' },
    operator,
  );
const rows = async (table: string): Promise<number> =>
  (await ctx.db.pool.query(`SELECT count(*)::int AS n FROM ${table} WHERE customer_id = $1`, [customer.id])).rows[0].n;
const newestAudit = async (action: string) => (await listAudit(ctx, { customerId: customer.id, action }))[0];

async function scanned(): Promise<void> {
  const request = { customerId: customer.id, fromDay: '2026-02-09', toDay: '2026-02-12', full: false };
  await runScan(ctx, (await requestScan(ctx, request, operator)).scanId, never);
}

describe('an edit', () => {
  it('of the name keeps what was counted, and the audit has before and after', async () => {
    await scanned();
    expect(await rows('findings')).toBe(1);
    const edit = await values({ displayName: 'Alaska', aliases: ['AS'] });
    expect(await editCustomer(ctx, edit, operator)).toEqual({ changed: ['displayName', 'aliases'] });
    expect(await rows('findings')).toBe(1);
    expect((await newestAudit('customer.edit'))?.detail).toEqual({
      before: { displayName: customer.displayName, aliases: [] },
      after: { displayName: 'Alaska', aliases: ['AS'] },
    });
  });

  it('by two people at once saves one, and tells the other who was first', async () => {
    const edit = await values();
    const outcomes = await Promise.allSettled([
      editCustomer(ctx, { ...edit, displayName: 'One' }, { ...operator, name: 'ann' }),
      editCustomer(ctx, { ...edit, displayName: 'Two' }, { ...operator, name: 'bob' }),
    ]);
    const won = outcomes[0]?.status === 'fulfilled' ? ['One', 'ann'] : ['Two', 'bob'];
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'conflict', message: expect.stringContaining(`${won[1]} changed ${customer.id} since`) },
    });
    expect((await now()).displayName).toBe(won[0]);
  });

  it('of the time zone sets aside what was counted, and shows nothing of it as the new days', async () => {
    const edit = await values({ timeZone: 'America/Los_Angeles' });
    await expect(editCustomer(ctx, { ...edit, timeZone: 'Mars/Olympus' }, operator)).rejects.toThrow(
      'Name a zone of the IANA database',
    );
    await editCustomer(ctx, edit, operator);
    for (const table of ['findings', 'day_looks', 'day_counts', 'scan_days', 'watched_customers', 'part_looks'])
      expect(await rows(table), table).toBe(0);
    expect((await readChange(ctx, { customerId: customer.id })).setAside).toMatchObject([
      { timeZone: 'UTC', days: 3, findings: 1, retiredBy: operator.name },
    ]);
    expect((await newestAudit('customer.edit'))?.detail).toMatchObject({
      before: { timeZone: 'UTC' },
      after: { timeZone: 'America/Los_Angeles' },
      countedAgain: true,
    });
    const states = await ctx.db.query(selectStates);
    expect(states.find(({ state }) => state.customerId === customer.id)?.state).toMatchObject({
      looked: null,
      lookedAtMs: null,
    });
    await editCustomer(ctx, await values({ timeZone: 'UTC' }), operator);
  });

  it('of the time zone while a scan runs is refused; a scan that began before it keeps nothing', async () => {
    const request = { customerId: customer.id, fromDay: '2026-02-09', toDay: '2026-02-12', full: true };
    const { scanId } = await requestScan(ctx, request, operator);
    await ctx.db.pool.query(`UPDATE scans SET status = 'running' WHERE id = $1`, [scanId]);
    const edit = await values({ timeZone: 'America/Los_Angeles' });
    await expect(editCustomer(ctx, edit, operator)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('a scan of it is running'),
    });
    await ctx.db.pool.query(`UPDATE scans SET status = 'cancelled', ended_at = now() WHERE id = $1`, [scanId]);
    const before = await now();
    await editCustomer(ctx, edit, operator);
    await expect(ctx.db.transaction((tx) => requireSameDays(tx, before))).rejects.toThrow(
      `The time zone of ${customer.id} changed while it was counted, so nothing of this was kept.`,
    );
    await editCustomer(ctx, await values({ timeZone: 'UTC', displayName: 'Renamed' }), operator);
    await ctx.db.transaction((tx) => requireSameDays(tx, before));
  });

  it('of the time zone while a preview is made is refused, and a start that read the customer before fails', async () => {
    const plan = await requestPlan(ctx, { kind: 'backfill', ...dayOfIncident(customer) }, operator);
    const edit = await values({ timeZone: 'America/Los_Angeles' });
    await expect(editCustomer(ctx, edit, operator)).rejects.toThrow('1 preview of it is being made');
    await ctx.db.pool.query(`UPDATE plan_requests SET status = 'cancelled', ended_at = now() WHERE id = $1`, [
      plan.planId,
    ]);
    const before = await now();
    await editCustomer(ctx, edit, operator);
    await expect(ctx.db.transaction((tx) => requireUnchanged(tx, before))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('was changed in the registry a moment ago'),
    });
    await editCustomer(ctx, await values({ timeZone: 'UTC' }), operator);
  });
});

describe('a paused customer', () => {
  it('is not scanned, planned or started, leaves the schedule and campaigns, and goes on when resumed', async () => {
    const request = { customerId: customer.id, fromDay: '2026-02-09', toDay: '2026-02-12', full: false };
    await setState('paused');
    const refused = {
      code: 'refused',
      message: expect.stringContaining(`${customer.id} is paused: the test. Resume it`),
    };
    await expect(requestScan(ctx, request, operator)).rejects.toMatchObject(refused);
    await expect(planBackfill(ctx, dayOfIncident(customer))).rejects.toMatchObject(refused);
    await expect(requestPlan(ctx, { kind: 'backfill', ...dayOfIncident(customer) }, operator)).rejects.toMatchObject(
      refused,
    );
    const ids = (await ctx.db.query(selectStates)).map(({ state }) => state.customerId);
    expect(ids).not.toContain(customer.id);
    const filter = { by: 'name' as const, customerIds: [customer.id] };
    expect(await customersOf(ctx, { filter, fromDay: '2026-02-09', toDay: '2026-02-12' })).toMatchObject([
      { customerId: customer.id, sentence: expect.stringContaining('is paused') },
    ]);
    expect((await newestAudit('customer.pause'))?.detail).toMatchObject({
      after: { state: 'paused' },
    });
    await setState('active');
    await scanned();
    expect(await rows('findings')).toBe(1);
  });

  it('with a run keeps it; the run holds back a retirement and a new time zone', async () => {
    const runId = await start(ctx, dayOfIncident(customer));
    await setState('paused');
    await expect(setState('retired')).rejects.toThrow('1 run of it is not over');
    await expect(editCustomer(ctx, await values({ timeZone: 'Asia/Kathmandu' }), operator)).rejects.toThrow(
      '1 run of it is not over',
    );
    const { rows: runs } = await ctx.db.pool.query('SELECT status FROM backfill_runs WHERE id = $1', [runId]);
    expect(runs[0].status).toMatch(/queued|running/);
    await ctx.db.pool.query(`UPDATE backfill_runs SET status = 'cancelled', ended_at = now() WHERE id = $1`, [runId]);
  });
});

it('a file is applied as by hand, and a second time changes nothing', async () => {
  const before = await listCustomers(ctx);
  const file = parseFile(fileOf(before.map((one) => ({ ...one, displayName: 'From a file' }))));
  const planned = planFile(file, before, { retireOthers: false });
  expect(planned.map(({ kind }) => kind)).toEqual(['change']);
  expect(await applyFile(ctx, planned, { actor: operator, reason: 'git' })).toEqual([null]);
  expect((await now()).displayName).toBe('From a file');
  expect(planFile(file, await listCustomers(ctx), { retireOthers: true })).toEqual([]);
  expect(await applyFile(ctx, planned, { actor: operator, reason: 'git' })).toEqual([
    expect.stringContaining('changed'),
  ]);
});

it('a retired id is not registered again, and its history can be read', async () => {
  await setState('retired');
  const again = { ...customer, id: customer.id, aliases: [] };
  await expect(addCustomer(ctx, again, operator)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`is retired, with the database ${customer.database}`),
  });
  expect((await listAudit(ctx, { customerId: customer.id })).length).toBeGreaterThan(5);
  expect(await rows('findings')).toBe(1);
});
