import { setMaxListeners } from 'node:events';
import type { PgBoss } from 'pg-boss';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ApprovedStarts } from '@/lib/approvals/start-approved';
import { workApprovedStarts } from '@/lib/approvals/work-approved-starts';
import { workPlans } from '@/lib/backfill/plan/work-plans';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { workCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { workCampaignStarts } from '@/lib/campaigns/run/work-campaigns';
import type { Context } from '@/lib/context';
import { workScans } from '@/lib/detection/scan/work-scans';
import { workKills } from '@/lib/mutations/work-kills';
import { workOrderPreviews } from '@/lib/orders/preview-order';

/** A process whose database keeps the names of the statements about a queue, and whose queue has no job. */
function fake() {
  const asked: string[] = [];
  const boss = {
    createQueue: async () => {},
    updateQueue: async () => {},
    work: async () => 'a place',
    offWork: async () => {},
    notifyWorker: () => {},
    getDb: () => ({ executeSql: async () => ({ rows: [] }) }),
  } as unknown as PgBoss;
  const query = async ({ name }: { name: string }, params?: { queue?: string }) => {
    if (params?.queue) asked.push(`${params.queue}: ${name}`);
    return [];
  };
  const ctx = {
    queue: async () => boss,
    db: { query, notices: { on: () => () => {}, heard: () => true } },
    config: { jobs: { deadlineSeconds: 60 }, detection: { scanConcurrent: 4 } },
    log: { warn: () => {}, error: () => {} },
  };
  return { ctx: ctx as unknown as Context, asked };
}

const end = new AbortController();
setMaxListeners(0, end.signal);
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  end.abort(new Error('the test is over'));
  vi.useRealTimers();
});

it('every queue looks once a minute for the work of which it lost the job', async () => {
  const { ctx, asked } = fake();
  const all = [
    workScans,
    workBackfills,
    workPlans,
    workKills,
    workOrderPreviews,
    workCampaignPlans,
    workCampaignStarts,
    (on: Context, signal: AbortSignal) => workApprovedStarts(on, {} as ApprovedStarts, signal),
  ].map((work) => work(ctx, end.signal));
  await vi.advanceTimersByTimeAsync(5_000);
  await Promise.all(all);
  const looks = [
    'approved-starts: approvals.select_starts_without_job',
    'backfill-day: backfill.delete_given_up',
    'backfill-day: backfill.select_units_without_job',
    'campaign-plans: campaigns.select_plans_without_job',
    'campaign-starts: campaigns.select_starts_without_job',
    'mutation-kill: mutations.select_kills_without_job',
    'order-previews: orders.select_previews_without_job',
    'plans: backfill.select_plans_without_job',
    'scans: detection.select_scans_without_job',
  ];
  expect(asked.splice(0).sort()).toEqual(looks);
  await vi.advanceTimersByTimeAsync(50_000);
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked.sort()).toEqual(looks);
});
