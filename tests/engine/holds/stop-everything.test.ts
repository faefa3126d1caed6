import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { verifyAudit } from '@/lib/audit/verify-audit';
import { liftStop, stopEverything } from '@/lib/backfill/control/stop-everything';
import { requestPlan } from '@/lib/backfill/plan/request-plan';
import { workPlans } from '@/lib/backfill/plan/work-plans';
import { getRun } from '@/lib/backfill/view/get-run';
import { getStop } from '@/lib/backfill/view/get-stop';
import type { Customer } from '@/lib/customers/model';
import { getScan } from '@/lib/detection/scan/get-scan';
import { requestScan } from '@/lib/detection/scan/request-scan';
import { workScans } from '@/lib/detection/scan/work-scans';
import { readMetrics } from '@/lib/health/metrics/read-metrics';
import { obstacleTo } from '@/lib/holds/may-begin';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';
import {
  before,
  begin,
  type Door,
  expectVerified,
  isParked,
  labelsOf,
  reachesUnit,
  runAt,
  type Stage,
  stageOf,
  twoDays,
} from './stage';

let stage: Stage;
const measured: string[] = [];
const ended = new AbortController();
beforeAll(async () => {
  stage = await stageOf();
  await stage.work();
  await workScans(stage.ctx, ended.signal);
  await workPlans(stage.ctx, ended.signal);
});
afterEach(async () => {
  stage.open();
  await lift().catch(() => undefined);
});
afterAll(async () => {
  ended.abort(new Error('the test is over'));
  await stage?.end();
  process.stdout.write(`Stop everything took effect: ${measured.join('; ')}\n`);
});

const reason = 'the cluster is on fire';
const stop = (immediately = false) => stopEverything(stage.ctx, { reason, immediately }, operator);
const lift = () => liftStop(stage.ctx, { reason: 'the fire is out' }, operator);
async function within(what: string, effect: () => Promise<unknown>): Promise<void> {
  const from = performance.now();
  await effect();
  measured.push(`${what} ${Math.round(performance.now() - from)} ms`);
}
const merges = ({ database }: Customer, what: 'STOP' | 'START') =>
  stage.ctx.admin.client.command({ query: `SYSTEM ${what} MERGES ${database}.conversation_with_labels` });

/** A run whose first unit is in this state, and stays in it until `goOn`. */
async function runIn(state: Door | 'planned' | 'waiting for mutation') {
  const { ctx } = stage;
  if (state !== 'planned' && state !== 'waiting for mutation')
    return { ...(await runAt(stage, state, 'replace')), goOn: async () => stage.open() };
  const customer = await twoDays(ctx);
  stage.stopWork();
  const runId = await begin(ctx, customer, 'replace');
  if (state === 'planned') return { runId, customer, goOn: async () => {} };
  await merges(customer, 'STOP');
  await stage.work();
  await reachesUnit(ctx, runId, state);
  return { runId, customer, goOn: () => merges(customer, 'START') };
}

describe('stop everything at the next boundary', { timeout: 600_000 }, () => {
  it.each([
    ['planned', before, ['planned', 'planned']],
    ['checking', before, ['planned', 'planned']],
    ['snapshot', before, ['planned', 'planned']],
    ['backing up', before, ['planned', 'planned']],
    ['deleting', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['waiting for mutation', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['relabelling', { ann: 3, ben: 1 }, ['verified', 'planned']],
    ['verifying', { ann: 3, ben: 1 }, ['verified', 'planned']],
  ] as const)(
    'finds a unit %s, leaves no label missing, and the run goes on when it is lifted',
    async (state, labels, statuses) => {
      const { ctx } = stage;
      const { runId, customer, goOn } = await runIn(state);
      await stop();
      if (state === 'planned') await stage.work();
      const reads = state === 'checking' || state === 'snapshot';
      if (!reads) await goOn();
      await within(`${state}${reads ? '' : ', after its Job'}`, () => isParked(ctx, runId));
      const run = await getRun(ctx, runId);
      expect(run.units.map(({ status }) => status)).toEqual(statuses);
      expect(await labelsOf(ctx, customer)).toEqual(labels);
      expect(run).toMatchObject({ pause: { cause: 'stop everything', by: 'olga', reason }, gapOpen: false });
      expect(run.next).toBe('The run goes on when the stop is lifted.');
      expect(run.controls).not.toContain('resume');
      await goOn();
      await lift();
      await expectVerified(ctx, runId, customer);
    },
  );

  it.each(['scan', 'plan'] as const)(
    'gives a %s back to its queue, and a worker ends it once it is lifted',
    async (what) => {
      const { ctx } = stage;
      const customer = await twoDays(ctx);
      const range = { customerId: customer.id, fromDay: '2026-02-10', toDay: '2026-02-12' };
      const arrived = stage.close(what);
      const id =
        what === 'scan'
          ? (await requestScan(ctx, range, operator)).scanId
          : (await requestPlan(ctx, { kind: 'backfill', ...range, strategy: 'replace' }, operator)).planId;
      await arrived;
      const jobs = async () => {
        const { rows } = await ctx.db.pool.query(
          `SELECT state FROM pgboss.job WHERE coalesce(data ->> 'scanId', data ->> 'planId') = $1`,
          [id],
        );
        return rows.map(({ state }) => state as string);
      };
      await stop();
      await within(what, () => until('its job is back', async () => (await jobs())[0] === 'retry', { everyMs: 20 }));
      stage.open();
      await lift();
      await until(
        'it ended well',
        async () => {
          if (what === 'scan') return (await getScan(ctx, id)).status === 'succeeded';
          const { rows } = await ctx.db.pool.query('SELECT status FROM plan_requests WHERE id = $1', [id]);
          return rows[0]?.status === 'done';
        },
        { everyMs: 50 },
      );
    },
  );

  it('refuses what is new, is audited, shows in the metrics, and is lifted once', async () => {
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const { stopId } = await stop();
    await expect(stop()).rejects.toMatchObject({ code: 'conflict' });
    await expect(begin(ctx, customer, 'replace')).rejects.toMatchObject({
      code: 'refused',
      message: `Nothing begins now: olga stopped everything (${reason}). Lift the stop first.`,
    });
    const request = { kind: 'backfill' as const, customerId: customer.id, fromDay: '2026-02-10', toDay: '2026-02-12' };
    await expect(requestPlan(ctx, request, operator)).rejects.toMatchObject({ code: 'refused' });
    expect(await obstacleTo(ctx, { tables: null })).toMatchObject({ cause: 'stop everything' });
    expect((await readMetrics(ctx)).text).toContain('slc_everything_stopped 1');
    await lift();
    await expect(lift()).rejects.toMatchObject({ code: 'conflict' });
    expect(await obstacleTo(ctx, { tables: null })).toBeNull();
    const audit = (await listAudit(ctx, {})).filter(({ subject }) => subject === stopId);
    expect(audit.map(({ action, actor, reason: why }) => [action, actor, why]).sort()).toEqual([
      ['everything.lift', 'olga', 'the fire is out'],
      ['everything.stop', 'olga', reason],
    ]);
  });

  it('that did not come through the console is in the audit as such', async () => {
    const { ctx } = stage;
    const id = randomUUID();
    await ctx.db.pool.query("INSERT INTO stops (id, stopped_by, reason, immediately) VALUES ($1, 'x', 'y', false)", [
      id,
    ]);
    await ctx.db.pool.query("UPDATE stops SET lifted_by = 'x', lifted_at = now() WHERE id = $1", [id]);
    const rows = (await listAudit(ctx, {})).filter(({ subject }) => subject === `stops ${id}`);
    expect(rows.map(({ action }) => action).sort()).toEqual(['database.insert', 'database.update']);
    expect((await verifyAudit(ctx)).findings.filter(({ kind }) => kind !== 'unannounced')).toEqual([]);
  });
});

describe('stop everything at once', { timeout: 600_000 }, () => {
  it.each(['planned', 'checking', 'snapshot', 'backing up'] as const)(
    'ends the Job of a unit %s, whose labels are untouched, and the run goes on when it is lifted',
    async (state) => {
      const { ctx } = stage;
      const { runId, customer, goOn } = await runIn(state);
      await stop(true);
      if (state === 'planned') await stage.work();
      await within(`at once, ${state}`, () => isParked(ctx, runId));
      expect((await getRun(ctx, runId)).units.map(({ status }) => status)).toEqual(['planned', 'planned']);
      expect(await labelsOf(ctx, customer)).toEqual(before);
      await goOn();
      await lift();
      await expectVerified(ctx, runId, customer);
    },
  );

  it.each([
    ['deleting', 'half deleted', /2 of 2 label rows are there now\. A delete that was submitted goes on/],
    ['waiting for mutation', 'half deleted', /2 of 2 label rows are there now\. A delete that was submitted goes on/],
    ['relabelling', 'gone', /has no labels.* 0 of 2 label rows are there now\./],
    ['verifying', 'written', /are written, but not verified\. 2 of 2 label rows are there now\./],
  ] as const)(
    'finds a unit %s, says that its labels are %s, and a person brings them back',
    async (state, labels, sentence) => {
      const { ctx } = stage;
      const { runId, customer, goOn } = await runIn(state);
      const preview = (await getStop(ctx)).units.find((one) => one.runId === runId);
      expect(preview).toMatchObject({ left: labels, isMissing: labels !== 'written', labelRows: 2 });
      await stop(true);
      await within(`at once, ${state}`, () => reachesUnit(ctx, runId, 'needs attention'));
      const run = await getRun(ctx, runId);
      expect(run.stopped?.failure).toMatch(/^olga stopped everything at once, during “/);
      expect(run.stopped?.failure).toMatch(sentence);
      expect(run.controls).toEqual(labels === 'written' ? ['close'] : []);
      const left = (await getStop(ctx)).units.find((one) => one.runId === runId);
      expect(left?.left).toBe(labels === 'written' ? undefined : labels);
      await goOn();
      await lift();
      await stage.control(runId, 'resume');
      await expectVerified(ctx, runId, customer);
    },
  );

  it('cancels a unit there and then that is to be cancelled before its labels are touched', async () => {
    const { ctx } = stage;
    const { runId, customer } = await runIn('checking');
    await stage.control(runId, 'cancel after step');
    await stop(true);
    await within('at once, a cancel', () => reachesUnit(ctx, runId, 'cancelled'));
    expect(await labelsOf(ctx, customer)).toEqual(before);
    await until('the run has ended', async () => (await getRun(ctx, runId)).status === 'cancelled');
  });

  it('may follow a stop at the next boundary', async () => {
    const { ctx } = stage;
    const { runId, customer, goOn } = await runIn('relabelling');
    await stop();
    await stop(true);
    await reachesUnit(ctx, runId, 'needs attention');
    await goOn();
    await lift();
    await stage.control(runId, 'resume');
    await expectVerified(ctx, runId, customer);
  });
});
