import { afterAll, describe, expect, inject, it } from 'vitest';
import { planUndo } from '@/lib/backfill/plan/plan-undo';
import { scopeOf } from '@/lib/customers/model';
import { classifyScope } from '@/lib/detection/judge/classify-scope';
import { incidentDay } from '@/lib/embedded/demo/incident';
import { clickhouseProxy, type Treatment } from '../../support/clickhouse-proxy';
import type { TestContext } from '../../support/context';
import { approvedUndo, dayOfIncident, incidentOf, labelRowsOf, reached, start } from '../../support/repair';
import { workingContext } from '../../support/worker';

const faults: [string, Treatment][] = [
  ['a balancer’s 502 with a page', { kind: 'page', status: 502, body: '<html><title>502 Bad Gateway</title></html>' }],
  [
    'too many simultaneous queries',
    { kind: 'answer', forward: false, status: 500, code: 202, text: 'Too many simultaneous queries. Maximum: 100' },
  ],
  ['an answer that is cut', { kind: 'cut body' }],
];
const rows = 30;
const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

/** A worker whose ClickHouse, and its Jobs', answers every statement by its name and user once with `fault`. */
async function stage(fault: Treatment) {
  const state = { armed: false, met: new Set<string>() };
  const proxy = await clickhouseProxy(inject('engines').clickhouseUrl, (_, user, name) => {
    const key = `${user} ${name}`;
    if (!state.armed || !name.startsWith('slc:') || state.met.has(key)) return { kind: 'pass' };
    state.met.add(key);
    return fault;
  });
  const ctx = await workingContext({
    env: { CLICKHOUSE_URL: proxy.url, SLC_LOG_LEVEL: 'silent', SLC_HOLD_ERROR_PERCENT: '100' },
  });
  closing.push(async () => {
    await ctx.close();
    await proxy.close();
  });
  const customer = await incidentOf(ctx, { conversations: rows });
  /** What people look at does not use up what the worker is to meet. */
  const looking: TestContext = { ...ctx, clickhouse: ctx.admin };
  return { state, ctx, customer, looking };
}

const labelsHold = async (ctx: TestContext, customer: Awaited<ReturnType<typeof incidentOf>>) => {
  const { days } = await classifyScope({ ...ctx, clickhouse: ctx.admin }, scopeOf(customer, incidentDay, '2026-02-11'));
  expect(days[0]).toMatchObject({ conversations: rows, affected: 0 });
  expect(await labelRowsOf(ctx, customer)).toHaveLength(rows);
};

describe.each(faults)('a run in which every statement is once answered by %s', (_, fault) => {
  it.concurrent('ends verified by itself with replace, and so does its undo', async () => {
    const { state, ctx, customer, looking } = await stage(fault);
    const before = await labelRowsOf(ctx, customer);
    const runId = await start(ctx, dayOfIncident(customer), ['labeler-running']);
    state.armed = true;
    await reached(looking, runId, ['verified']);
    state.armed = false;
    expect([...state.met]).toEqual(
      expect.arrayContaining([
        'slc_reader slc:label_store.progress',
        'slc_deleter slc:label_jobs.insert_backup',
        'slc_deleter slc:label_jobs.delete_backed_up',
        'slc_labeler slc:labeler.insert_labels',
      ]),
    );
    expect(state.met.size).toBeGreaterThan(30);
    await labelsHold(ctx, customer);

    const plan = await planUndo(ctx, { runId, unit: incidentDay });
    const request = { runId, unit: incidentDay, planHash: plan.hash, reason: 'a test', confirmed: ['labeler-running'] };
    const undone = await approvedUndo(ctx, request);
    state.met.clear();
    state.armed = true;
    await reached(looking, undone, ['verified']);
    state.armed = false;
    expect([...state.met]).toContain('slc_deleter slc:label_jobs.insert_from_backup');
    expect(await labelRowsOf(ctx, customer)).toEqual(before);
  });

  it.concurrent('ends verified by itself with no-gap', async () => {
    const { state, ctx, customer, looking } = await stage(fault);
    const runId = await start(ctx, dayOfIncident(customer, { strategy: 'no-gap' }), ['labeler-running']);
    state.armed = true;
    await reached(looking, runId, ['verified']);
    state.armed = false;
    expect([...state.met]).toEqual(
      expect.arrayContaining(['slc_deleter slc:label_store.insert_list', 'slc_labeler slc:labeler.insert_labels']),
    );
    await labelsHold(ctx, customer);
  });
});
