import { afterEach, describe, expect, it } from 'vitest';
import { lookAtHeldRuns } from '@/lib/backfill/repair/work-holds';
import { getRun } from '@/lib/backfill/view/get-run';
import { fixedClock } from '@/lib/clock';
import type { Customer } from '@/lib/customers/model';
import { readTables } from '@/lib/customers/read-tables';
import { readMetrics } from '@/lib/health/metrics/read-metrics';
import { readHealth } from '@/lib/health/read-health';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { obstacleTo } from '@/lib/holds/may-begin';
import { holdSentence } from '@/lib/holds/model';
import type { TestContext } from '@/tests/support/context';
import { spawnWorker } from '@/tests/support/kill';
import { until } from '@/tests/support/until';
import { before, begin, expectVerified, isParked, labelsOf, type Stage, stageOf, twoDays } from './stage';

/** ClickHouse's codes. */
const notAllowed = 497;
const overloaded = 745;

let stage: Stage;
afterEach(() => stage?.end());

const merges = (ctx: TestContext, { database }: Customer, what: 'STOP' | 'START') =>
  ctx.admin.client.command({ query: `SYSTEM ${what} MERGES ${database}.conversation_with_labels` });
/** A mutation of somebody else that does not end before merges are started. */
async function mutate(ctx: TestContext, customer: Customer) {
  await merges(ctx, customer, 'STOP');
  await ctx.admin.client.command({
    query: `ALTER TABLE ${customer.database}.conversation_with_labels DELETE WHERE conversation_id = 'nobody'`,
    clickhouse_settings: { mutations_sync: '0' },
  });
}

describe('a run whose cluster suffers', { timeout: 240_000 }, () => {
  it('is held by a mutation of others above the limit, says the number, and goes on when it is done', async () => {
    stage = await stageOf();
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const runId = await begin(ctx, customer, 'replace');
    await mutate(ctx, customer);
    await stage.work();
    await isParked(ctx, runId);
    await until('the run is held', async () => (await getRun(ctx, runId)).pause);
    await lookAtHeldRuns(ctx);
    const held = await getRun(ctx, runId);
    expect(held.pause?.reason).toMatch(
      /^Unfinished mutations of others on \S+\.conversation_with_labels: 1 \(limit 0\) on \S+\.$/,
    );
    expect(held).toMatchObject({ status: 'queued', pause: { cause: 'hold', by: 'worker' } });
    expect(held.next).toBe('The run goes on by itself when the numbers are within the limits.');
    expect(await labelsOf(ctx, customer)).toEqual(before);
    const health = await readHealth(ctx);
    expect(health.parts.find(({ name }) => name === 'holds')).toMatchObject({
      status: 'warning',
      sentence: expect.stringContaining('1 (limit 0)'),
    });
    expect((await readMetrics(ctx)).text).toContain('slc_backfill_paused_runs{cause="hold"} 1');
    await merges(ctx, customer, 'START');
    await until(
      'the hold ends',
      async () => {
        await lookAtHeldRuns(ctx);
        return (await getRun(ctx, runId)).pause === null;
      },
      { everyMs: 500 },
    );
    await expectVerified(ctx, runId, customer);
    const { events } = await getRun(ctx, runId);
    expect(events.map(({ text }) => text)).toContain('The numbers are within the limits again. The run goes on.');
  });

  it('goes on after kill -9 of the worker, while it is held and while a person paused it', async () => {
    stage = await stageOf();
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const runId = await begin(ctx, customer, 'no-gap');
    await mutate(ctx, customer);
    const first = spawnWorker(ctx);
    await until('the run is held', async () => (await getRun(ctx, runId)).pause?.cause === 'hold', { everyMs: 100 });
    first.kill();
    await first.ended;
    await merges(ctx, customer, 'START');
    await stage.control(runId, 'resume');
    await stage.control(runId, 'pause');
    const second = spawnWorker(ctx);
    await isParked(ctx, runId);
    second.kill();
    await second.ended;
    expect(await labelsOf(ctx, customer)).toEqual(before);
    await stage.control(runId, 'resume');
    const third = spawnWorker(ctx);
    try {
      await expectVerified(ctx, runId, customer);
    } finally {
      third.kill();
      await third.ended;
    }
  });

  it('is held while its number cannot be read, and goes on after some minutes of that, as what begins then does', async () => {
    stage = await stageOf({ SLC_HOLD_PARTS: '0' });
    const { ctx, refused } = stage;
    const customer = await twoDays(ctx);
    const runId = await begin(ctx, customer, 'replace');
    await stage.work();
    await isParked(ctx, runId);
    expect((await getRun(ctx, runId)).pause?.reason).toMatch(/^Parts in one partition/);
    refused.set('slc:holds.parts', overloaded);
    const inMinutes = (minutes: number) => ({ ...ctx, clock: fixedClock(Date.now() + minutes * 60_000) });
    await lookAtHeldRuns(inMinutes(1));
    expect((await getRun(ctx, runId)).pause?.reason).toMatch(/^Parts in one partition/);
    await lookAtHeldRuns(inMinutes(7));
    expect((await getRun(ctx, runId)).events.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/parts cannot be read, so nothing is held for it\. .* The run goes on\.$/),
    );
    await expectVerified(ctx, runId, customer);
  });

  it('is not held by its own deletes', async () => {
    stage = await stageOf({ SLC_HOLD_MUTATIONS: '0' });
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    await stage.work();
    const runId = await begin(ctx, customer, 'replace');
    await expectVerified(ctx, runId, customer);
    expect((await getRun(ctx, runId)).events.map(({ kind }) => kind)).not.toContain('paused');
  });
});

describe('the numbers that work waits for', { timeout: 120_000 }, () => {
  it('are read of each table, and name what is above its limit', async () => {
    stage = await stageOf({ SLC_HOLD_DISK_PERCENT: '100', SLC_HOLD_PARTS: '0' });
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const tables = await readTables(ctx, customer);
    const look = await lookAtCluster(ctx, tables);
    expect(look.unread).toEqual([]);
    expect(look.numbers.map(({ kind, value }) => [kind, value === null])).toEqual([
      ['read-only replicas', false],
      ['replica delay', false],
      ['free disk', false],
      ['mutations', false],
      ['running mutations', false],
      ['parts', false],
      ['errors', true],
    ]);
    expect(holdSentence(look)).toMatch(
      /^A disk has [\d.]+ % free \(limit 100 %\) on \S+; parts in one partition of \S+: \d+ \(limit 0\) on \S+\.$/,
    );
    expect(await obstacleTo(ctx, { tables })).toEqual({ cause: 'hold', sentence: holdSentence(look) });
  });

  it('are said not to be read where a right is missing, and hold nothing then', async () => {
    stage = await stageOf({ SLC_HOLD_DISK_PERCENT: '100' });
    const { ctx, refused } = stage;
    for (const name of ['free_disk', 'running_mutations', 'parts', 'mutations', 'replicas'])
      refused.set(`slc:holds.${name}`, notAllowed);
    const customer = await twoDays(ctx);
    const tables = await readTables(ctx, customer);
    const look = await lookAtCluster(ctx, tables);
    expect(holdSentence(look)).toBeNull();
    expect(look.unread).toHaveLength(6);
    expect(look.unread).toContainEqual({
      passes: false,
      sinceMs: look.atMs,
      sentence: expect.stringMatching(/^free disk cannot be read, so nothing is held for it\. ClickHouse refuses this/),
    });
    const health = await readHealth(ctx);
    expect(health.parts.find(({ name }) => name === 'holds')?.sentence).toContain('running mutations cannot be read');
  });

  it('are read once for many who ask at the same time', async () => {
    stage = await stageOf();
    const { ctx } = stage;
    const customer = await twoDays(ctx);
    const tables = await readTables(ctx, customer);
    const first = await lookAtCluster(ctx, tables);
    const looks = await Promise.all(Array.from({ length: 20 }, () => lookAtCluster(ctx, tables)));
    expect(new Set(looks.map(({ atMs }) => atMs))).toEqual(new Set([first.atMs]));
  });
});
