import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveStartFailure } from '@/lib/approvals/sql';
import { startQueueName, startQueue as startsQueue } from '@/lib/approvals/start-queue';
import { resendLostStarts } from '@/lib/approvals/work-approved-starts';
import { planQueue, planQueueName } from '@/lib/backfill/plan/plan-queue';
import { resendLostPlans } from '@/lib/backfill/plan/work-plans';
import { backfillQueue, backfillQueueName } from '@/lib/backfill/repair/queue';
import { resendLostUnits } from '@/lib/backfill/repair/work-backfills';
import { campaignPlanQueue, campaignPlanQueueName } from '@/lib/campaigns/plan/plan-queue';
import { resendLostCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { campaignStartQueue, campaignStartQueueName } from '@/lib/campaigns/run/start-queue';
import { resendLostCampaignStarts } from '@/lib/campaigns/run/work-campaigns';
import { selectCampaignStartsWithoutJob } from '@/lib/campaigns/sql/campaigns';
import { addCustomer } from '@/lib/customers/add-customer';
import { cancelScan } from '@/lib/detection/scan/cancel-scan';
import { getScan } from '@/lib/detection/scan/get-scan';
import { scanQueue, scanQueueName } from '@/lib/detection/scan/queue';
import { requestScan, requestScanFor } from '@/lib/detection/scan/request-scan';
import { resumeScan } from '@/lib/detection/scan/resume-scan';
import { lockWaitingJob } from '@/lib/detection/scan/sql/requests';
import { resendLostScans, workScans } from '@/lib/detection/scan/work-scans';
import { insertStop, liftStop } from '@/lib/holds/sql/stops';
import { killQueue, killQueueName } from '@/lib/mutations/kill-queue';
import { resendLostKills } from '@/lib/mutations/work-kills';
import { resendLostPreviews } from '@/lib/orders/preview-order';
import { previewQueue, previewQueueName } from '@/lib/orders/queue';
import type { Resend } from '@/lib/postgres/lost-jobs';
import { workQueue } from '@/lib/postgres/work-queue';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshDatabase } from '@/tests/support/fresh';
import { operator } from '@/tests/support/repair';
import { until } from '@/tests/support/until';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
  const database = await freshDatabase();
  await addCustomer(ctx, { id: 'acme', displayName: 'Acme', profiles: ['p1'], database, timeZone: 'UTC' }, operator);
});
afterAll(async () => {
  await ctx?.close();
});

const sql = async (text: string, values: unknown[] = []) => (await ctx.db.pool.query(text, values)).rows;
const jobsOf = (name: string) =>
  sql("SELECT id, data, state FROM pgboss.job WHERE name = $1 AND state IN ('created', 'retry', 'active')", [name]);
const asked = async () =>
  (await requestScan(ctx, { customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-02-11' }, operator)).scanId;

describe('a scan whose job was lost', () => {
  const resend = async () => resendLostScans({ boss: await scanQueue(ctx), db: ctx.db, name: scanQueueName });
  const waits = { priority: 30, data: { scanId: expect.any(String) } };

  it('has one job again, however many workers look, and a scan that has one gets no second', async () => {
    const scanId = await asked();
    expect(await resend()).toBe(0);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    expect((await Promise.all([resend(), resend(), resend(), resend()])).toSorted()).toEqual([0, 0, 0, 1]);
    expect(await resend()).toBe(0);
    const boss = await scanQueue(ctx);
    const [job] = await boss.fetch(scanQueueName, { includeMetadata: true });
    expect(job).toMatchObject({ ...waits, data: { scanId } });
    expect(await resend()).toBe(0);
    await boss.fail(scanQueueName, job?.id ?? '');
    expect(await jobsOf(scanQueueName)).toMatchObject([{ state: 'retry' }]);
    expect(await resend()).toBe(0);
  });

  it('has a job again after the queue deleted it as too old, and has failed once the queue gave it up', async () => {
    const boss = await scanQueue(ctx);
    await sql("UPDATE pgboss.job SET keep_until = now() - interval '1 day' WHERE name = $1", [scanQueueName]);
    await until('the queue has deleted it', async () => {
      await sql('UPDATE pgboss.queue SET maintain_on = NULL WHERE name = $1', [scanQueueName]);
      await boss.supervise(scanQueueName);
      return (await jobsOf(scanQueueName)).length === 0;
    });
    expect(await resend()).toBe(1);
    const [job] = await boss.fetch(scanQueueName);
    await sql("UPDATE pgboss.job SET retry_limit = 0, started_on = now() - interval '2 days' WHERE id = $1", [job?.id]);
    await until('the queue has given it up', async () => {
      await sql('UPDATE pgboss.queue SET monitor_on = NULL WHERE name = $1', [scanQueueName]);
      await boss.supervise(scanQueueName);
      return (await jobsOf(scanQueueName)).length === 0;
    });
    expect(await resend()).toBe(0);
    const scanId = (job?.data as { scanId: string } | undefined)?.scanId ?? '';
    expect(await getScan(ctx, scanId)).toMatchObject({
      status: 'failed',
      failure: expect.stringContaining('gave it up'),
    });
    await resumeScan(ctx, { scanId }, operator);
    expect(await jobsOf(scanQueueName)).toMatchObject([{ data: { scanId } }]);
    await cancelScan(ctx, { scanId }, operator);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
  });

  it('has one job after it was cancelled while it waited, and resumed', async () => {
    const scanId = await asked();
    await cancelScan(ctx, { scanId }, operator);
    await resumeScan(ctx, { scanId }, operator);
    expect(await jobsOf(scanQueueName)).toMatchObject([{ data: { scanId } }]);
    const boss = await scanQueue(ctx);
    await ctx.db.transaction(async (tx) => {
      expect(await tx.query(lockWaitingJob, { queue: scanQueueName, id: scanId })).toHaveLength(1);
      // No worker takes it, and ends it, before the scan is queued again.
      expect(await boss.fetch(scanQueueName)).toEqual([]);
    });
    expect(await boss.fetch(scanQueueName)).toHaveLength(1);
    await cancelScan(ctx, { scanId }, operator);
    await resumeScan(ctx, { scanId }, operator);
    expect((await jobsOf(scanQueueName)).map((job) => job.state).toSorted()).toEqual(['active', 'created']);
  });

  it.each([
    { cause: 'first start', priority: 10, group_id: 'regular' },
    { cause: 'schedule', priority: 0, group_id: 'regular' },
    { cause: 'after repair', priority: 20, group_id: null },
    { cause: 'person', priority: 30, group_id: null },
  ] as const)('has the same place in the queue again where its cause is $cause', async ({ cause, ...place }) => {
    const job = () => sql('SELECT data, priority, group_id FROM pgboss.job WHERE name = $1', [scanQueueName]);
    await sql("UPDATE scans SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    const days = { customerId: 'acme', fromDay: '2026-02-10', toDay: '2026-02-11' };
    if (cause === 'person') await requestScan(ctx, days, operator);
    else await requestScanFor(ctx, { ...days, cause, requestedBy: 'worker' });
    const before = await job();
    expect(before).toMatchObject([place]);
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    expect(await resend()).toBe(1);
    expect(await job()).toEqual(before);
  });

  it('is run by a worker', async () => {
    const end = new AbortController();
    const scanId = await asked();
    await sql('DELETE FROM pgboss.job WHERE name = $1', [scanQueueName]);
    await workScans(ctx, end.signal);
    await until('it has ended', async () => (await getScan(ctx, scanId)).endedAtMs !== null);
    end.abort(new Error('the test is over'));
  });
});

const hash = 'a'.repeat(64);
const approval = (state: string, kind = 'backfill') =>
  sql(
    `INSERT INTO approvals (id, kind, subject, plan_hash, plan, scope, state, requested_by, reason, expires_at, decided_by,
       decided_at, decision_reason)
     VALUES (gen_random_uuid(), $1, gen_random_uuid(), $2, '{}', 'acme', $3, 'anna', 'a test', now() + interval '1 hour',
       CASE WHEN $3 = 'approved' THEN 'ben' END, CASE WHEN $3 = 'approved' THEN now() END,
       CASE WHEN $3 = 'approved' THEN 'it is right' END)
     RETURNING id`,
    [kind, hash, state],
  );

/** Rows that wait for work, of which each becomes one job with `data`, and rows of the same kind that do not. */
type Case = {
  name: string;
  queue: () => Promise<Parameters<Resend>[0]['boss']>;
  resend: Resend;
  rows: () => Promise<object[]>;
};

const state = {
  strategy: 'replace',
  hasRows: true,
  attempt: 1,
  tries: 1,
  backupAttempt: null,
  wrongRows: null,
  deletingRest: false,
  passingSinceMs: null,
};
const scope = {
  customerId: 'acme',
  profiles: ['p1'],
  database: 'acme',
  timeZone: 'UTC',
  fromDay: '2026-01-01',
  toDay: '2026-01-02',
  fromMs: 0,
  toMs: 1,
};
type Unit = { run?: string; pause?: boolean; status?: string; owner?: string; daysAgo?: number; cancelAfter?: 'step' };
async function unit(of: Unit): Promise<string> {
  const id = randomUUID();
  const fromDay = new Date(Date.UTC(2026, 0, 1) + 86_400_000 * (await sql('SELECT id FROM backfill_runs')).length);
  await sql(
    `INSERT INTO backfill_runs (id, customer_id, strategy, from_day, to_day, scope, plan, plan_hash, status, started_by, pause, ended_at,
       created_at, cancel_after)
     VALUES ($1, 'acme', 'replace', $2::date, $2::date + 1, $6, '{"labelKey": "", "labelsTable": "", "jobTemplate": ""}', $3, $4, 'anna', $5,
       CASE WHEN $4 IN ('queued', 'running') THEN NULL ELSE now() END, now() - $7::int * interval '25 hours', $8)`,
    [
      id,
      fromDay,
      hash,
      of.run ?? 'running',
      of.pause ? { cause: 'person', by: 'anna', reason: 'a test', atMs: 0 } : null,
      scope,
      of.daysAgo ?? 0,
      of.cancelAfter ?? null,
    ],
  );
  const item = async (seq: number, status: string, owner: string | null) => {
    const itemId = randomUUID();
    await sql(
      `INSERT INTO backfill_items (id, run_id, seq, unit, day, scope, status, state, plan, owner, ended_at)
       VALUES ($1, $2, $3, $4, $5::date + $3::int, $9, $6, $8::jsonb || jsonb_build_object('status', $6::text), '{}', $7,
         CASE WHEN $6 = 'verified' THEN now() END)`,
      [
        itemId,
        id,
        seq,
        new Date(fromDay.getTime() + seq * 86_400_000).toISOString().slice(0, 10),
        fromDay,
        status,
        owner,
        state,
        scope,
      ],
    );
    return itemId;
  };
  await item(0, 'verified', null);
  const due = await item(1, of.status ?? 'planned', of.owner ?? null);
  await item(2, 'planned', null);
  return due;
}

const cases: Case[] = [
  {
    name: backfillQueueName,
    queue: () => backfillQueue(ctx),
    resend: (of) => resendLostUnits(ctx)(of),
    rows: async () => {
      await unit({ pause: true });
      await unit({ run: 'needs attention', status: 'needs attention' });
      await unit({ pause: true, status: 'proving' });
      const due = [
        await unit({}),
        await unit({ status: 'checking', owner: 'a claim' }),
        // It is cancelled without waiting for the end of the pause.
        await unit({ pause: true, status: 'proving', cancelAfter: 'step' }),
        // Between a delete and its relabel nothing waits for a pause to end.
        await unit({ pause: true, status: 'relabelling', owner: 'a claim' }),
      ];
      return due.map((itemId) => ({ itemId }));
    },
  },
  {
    name: planQueueName,
    queue: () => planQueue(ctx),
    resend: resendLostPlans,
    rows: () =>
      sql(`INSERT INTO plan_requests (id, request, requested_by, ended_at)
           SELECT gen_random_uuid(), jsonb_build_object('at', at), 'anna', CASE WHEN at > 2 THEN now() END
           FROM generate_series(1, 3) AS at
           RETURNING CASE WHEN ended_at IS NULL THEN id END AS "planId"`),
  },
  {
    name: killQueueName,
    queue: () => killQueue(ctx),
    resend: resendLostKills,
    rows: () =>
      sql(`INSERT INTO mutation_kills (id, customer_id, plan, plan_hash, job_order, state, requested_by)
           SELECT gen_random_uuid(), 'acme', '{}', state, '{}', state, 'anna'
           FROM unnest(ARRAY['testing', 'tested', 'killed']) AS state
           RETURNING CASE WHEN state = 'testing' THEN id END AS "killId"`),
  },
  {
    name: startQueueName,
    queue: () => startsQueue(ctx),
    resend: resendLostStarts,
    rows: async () => {
      await approval('waiting');
      await approval('approved', 'kill');
      const [open, passes, refused] = [
        await approval('approved'),
        await approval('approved'),
        await approval('approved'),
      ];
      const failed = 'INSERT INTO approval_starts (approval_id, failure, passes) VALUES ($1, $2, $3)';
      await sql(failed, [passes[0].id, 'It did not answer.', true]);
      await sql(failed, [refused[0].id, 'It is not as it was planned.', false]);
      return [open[0], passes[0]].map(({ id }) => ({ approvalId: id }));
    },
  },
  {
    name: previewQueueName,
    queue: () => previewQueue(ctx),
    resend: resendLostPreviews,
    rows: () =>
      sql(`INSERT INTO standing_orders (id, status, terms, reason, created_by, ended_at, end_reason)
           SELECT gen_random_uuid(), status, '{}', 'a test', 'anna', CASE status WHEN 'ended' THEN now() END,
             CASE status WHEN 'ended' THEN 'over' END
           FROM unnest(ARRAY['counting', 'ended']) AS status
           RETURNING CASE WHEN status = 'counting' THEN id END AS "orderId"`),
  },
  {
    name: campaignPlanQueueName,
    queue: () => campaignPlanQueue(ctx),
    resend: resendLostCampaignPlans,
    rows: () =>
      sql(`INSERT INTO campaigns (id, status, request, created_by)
           SELECT gen_random_uuid(), status, '{}', 'anna' FROM unnest(ARRAY['planning', 'planned']) AS status
           RETURNING CASE WHEN status = 'planning' THEN id END AS "campaignId"`),
  },
  {
    name: campaignStartQueueName,
    queue: () => campaignStartQueue(ctx),
    resend: resendLostCampaignStarts,
    rows: () =>
      sql(`INSERT INTO campaign_customers (campaign_id, customer_id, seq, status)
           SELECT id, 'acme', 0, CASE status WHEN 'planning' THEN 'starting' ELSE 'waiting' END FROM campaigns
           RETURNING CASE WHEN status = 'starting' THEN campaign_id END AS "campaignId", customer_id AS "customerId"`),
  },
];

it.each(cases)(
  'rows that wait for work have one job of $name again, and others have none',
  async ({ name, queue, resend, rows }) => {
    const made = (await rows()).filter((row) => Object.values(row)[0] !== null);
    const boss = await queue();
    const again = () => resend({ boss, db: ctx.db, name });
    expect((await Promise.all([again(), again()])).toSorted()).toEqual([0, made.length]);
    const jobs = await jobsOf(name);
    expect(jobs.map(({ data }) => data)).toEqual(expect.arrayContaining(made));
    expect(jobs.length).toBe(made.length);
    expect(await again()).toBe(0);
  },
);

it('a start that failed with the same sentence, for good or not, is kept as it is now', async () => {
  const [{ id }] = (await approval('approved')) as [{ id: string }];
  const save = (passes: boolean) => ctx.db.query(saveStartFailure, { id, failure: 'It did not answer.', passes });
  const passes = async () => (await sql('SELECT passes FROM approval_starts WHERE approval_id = $1', [id]))[0];
  await save(false);
  await save(true);
  expect(await passes()).toEqual({ passes: true });
  expect(await save(true)).toEqual([]);
});

it('a start that is tried again since before the column existed is one that passes', async () => {
  const [{ id }] = (await approval('approved')) as [{ id: string }];
  const failure = 'It did not answer. The start is tried again by itself.';
  await sql('INSERT INTO approval_starts (approval_id, failure) VALUES ($1, $2)', [id, failure]);
  const [update] = readFileSync('lib/postgres/migrations/0053_lost_jobs.sql', 'utf8').split(';');
  await sql(update ?? '');
  expect(await sql('SELECT passes FROM approval_starts WHERE approval_id = $1', [id])).toEqual([{ passes: true }]);
});

it('customers of campaigns whose turn it is are found by an index, of however many', async () => {
  const plan = await ctx.db.transaction(async (tx) => {
    await tx.client.query('SET LOCAL enable_seqscan = off');
    return (await tx.client.query(`EXPLAIN ${selectCampaignStartsWithoutJob.text}`, ['a queue'])).rows;
  });
  expect(JSON.stringify(plan)).toContain('campaign_customers_starting');
});

describe('a unit whose job was lost', () => {
  const again = async () =>
    resendLostUnits(ctx)({ boss: await backfillQueue(ctx), db: ctx.db, name: backfillQueueName });
  const eventsOf = (itemId: string) =>
    sql('SELECT kind, text FROM backfill_events WHERE item_id = $1 ORDER BY id', [itemId]);
  beforeEach(async () => {
    await sql("UPDATE backfill_runs SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
    await sql('DELETE FROM pgboss.job WHERE name = $1', [backfillQueueName]);
  });

  it('is not sent while everything is stopped, which its end does, but one that a worker was at is', async () => {
    const [due, claimed] = [await unit({}), await unit({ status: 'relabelling', owner: 'a claim' })];
    await ctx.db.query(insertStop, { id: randomUUID(), by: 'anna', reason: 'a test', immediately: false });
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toMatchObject([{ data: { itemId: claimed } }]);
    await ctx.db.query(liftStop, { by: 'anna', reason: 'done' });
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toHaveLength(2);
    for (const itemId of [due, claimed])
      expect(await eventsOf(itemId)).toEqual([
        { kind: 'sent again', text: expect.stringContaining('had lost its job') },
      ]);
  });

  it('needs attention where nothing was done for more than a day, and its job wakes nobody', async () => {
    const late = [await unit({ daysAgo: 1 }), await unit({ daysAgo: 1, status: 'relabelling', owner: 'a claim' })];
    const heard = await unit({ daysAgo: 1 });
    await sql(
      `INSERT INTO backfill_events (run_id, kind, text) SELECT run_id, 'resume', 'a test' FROM backfill_items WHERE id = $1`,
      [heard],
    );
    expect(await again()).toBe(1);
    expect(await jobsOf(backfillQueueName)).toMatchObject([{ data: { itemId: heard } }]);
    for (const itemId of late) {
      const [item] = await sql(
        `SELECT i.status, i.owner, i.failure, r.status AS run, i.state ->> 'remedy' AS remedy
         FROM backfill_items i JOIN backfill_runs r ON r.id = i.run_id WHERE i.id = $1`,
        [itemId],
      );
      expect(item).toEqual({
        status: 'needs attention',
        owner: null,
        failure: expect.stringContaining('more than a day'),
        run: 'needs attention',
        remedy: 'resume',
      });
      expect((await eventsOf(itemId)).at(-1)).toMatchObject({ kind: 'failed' });
    }
    expect(await again()).toBe(0);
  });

  it('can be taken again after the queue gave it up, and so can the next of its customer', async () => {
    const boss = await backfillQueue(ctx);
    await unit({});
    await unit({});
    expect(await again()).toBe(2);
    const [job] = await boss.fetch(backfillQueueName);
    await sql('UPDATE pgboss.job SET retry_limit = 0 WHERE id = $1', [job?.id]);
    await boss.fail(backfillQueueName, job?.id ?? '');
    expect(await boss.fetch(backfillQueueName)).toEqual([]);
    expect(await again()).toBe(1);
    const taken = [];
    for (const _ of [1, 2]) {
      const [next] = await boss.fetch<{ itemId: string }>(backfillQueueName);
      taken.push(next?.data.itemId);
      await boss.complete(backfillQueueName, next?.id ?? '');
    }
    expect(taken).toContain((job?.data as { itemId: string } | undefined)?.itemId);
  });
});

it.each([
  {
    name: scanQueueName,
    queue: () => scanQueue(ctx),
    resend: () => resendLostScans,
    due: async () => ({ scanId: await asked() }),
  },
  {
    name: backfillQueueName,
    queue: () => backfillQueue(ctx),
    resend: () => resendLostUnits(ctx),
    due: async () => ({ itemId: await unit({}) }),
  },
])('the work of a job of $name that is lost while a worker is at it is taken once more', async (of) => {
  const { name } = of;
  const [boss, over] = [await of.queue(), new AbortController()];
  await sql("UPDATE scans SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
  await sql("UPDATE backfill_runs SET status = 'cancelled', ended_at = now() WHERE ended_at IS NULL");
  await sql('DELETE FROM pgboss.job WHERE name = $1', [name]);
  const due = await of.due();
  const resend = () => of.resend()({ boss, db: ctx.db, name });
  await resend();
  const taken: { data: unknown; until: AbortSignal }[] = [];
  const queue = { boss, name, db: ctx.db, log: ctx.log, signal: over.signal };
  const work = { places: [{}, {}], resendLost: async () => 0 };
  await workQueue(queue, work, async (data, until) => {
    taken.push({ data, until });
    await new Promise((resolve) => until.addEventListener('abort', resolve));
  });
  await until('a worker is at it', () => taken.length === 1);
  expect(await resend()).toBe(0);
  await sql('DELETE FROM pgboss.job WHERE name = $1', [name]);
  expect(await resend()).toBe(1);
  await until('a worker took it again', () => taken.length === 2);
  await until('the first worker has lost it', () => taken[0]?.until.aborted);
  expect(taken.map((one) => one.data)).toEqual([due, due]);
  expect(await resend()).toBe(0);
  over.abort(new Error('the test is over'));
});

const table = { database: 'acme', table: 'labels' };
const order = { labels: table, labelsLocal: table, cluster: null, mutationId: '1', commandSha256: hash };
it('a KILL that was lost for more than a day ends, and says what is not known', async () => {
  const ids = await sql(
    `INSERT INTO mutation_kills (id, customer_id, plan, plan_hash, job_order, state, requested_by, requested_at, started_at)
     SELECT gen_random_uuid(), 'acme', '{"hosts": [], "command": ""}', 'late ' || state, $1, state, 'anna',
       now() - interval '3 days', CASE WHEN state = 'killing' THEN now() - interval '25 hours' END
     FROM unnest(ARRAY['testing', 'killing']) AS state
     RETURNING id`,
    [order],
  );
  await sql('DELETE FROM pgboss.job WHERE name = $1', [killQueueName]);
  await sql("UPDATE mutation_kills SET state = 'failed' WHERE plan_hash NOT LIKE 'late%'");
  expect(await resendLostKills({ boss: await killQueue(ctx), db: ctx.db, name: killQueueName })).toBe(0);
  const [testing, killing] = await sql(
    'SELECT state, sentence FROM mutation_kills WHERE id = ANY ($1) ORDER BY started_at DESC',
    [ids.map(({ id }) => id)],
  );
  expect(testing).toEqual({ state: 'failed', sentence: expect.stringContaining('TEST is not asked') });
  expect(killing).toEqual({ state: 'failed', sentence: expect.stringContaining('is not known') });
  const audit = await sql("SELECT subject FROM audit WHERE action = 'mutation.kill-failed' AND subject = ANY ($1)", [
    ids.map(({ id }) => id),
  ]);
  expect(audit).toHaveLength(2);
});
