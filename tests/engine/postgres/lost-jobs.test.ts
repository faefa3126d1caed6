import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
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
import { killQueue, killQueueName } from '@/lib/mutations/kill-queue';
import { resendLostKills } from '@/lib/mutations/work-kills';
import { resendLostPreviews } from '@/lib/orders/preview-order';
import { previewQueue, previewQueueName } from '@/lib/orders/queue';
import type { Resend } from '@/lib/postgres/lost-jobs';
import { type LostUnit, lostUnit } from '@/tests/support/lost-unit';
import { ctx, jobsOf, sql, workForOneCustomer } from './one-customer';

workForOneCustomer();

const unit = (of: LostUnit) => lostUnit(ctx, of);

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
  const [, update] = readFileSync('lib/postgres/migrations/0049_lost_jobs.sql', 'utf8').split(';');
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
