import './support/version-option';

import { setMaxListeners } from 'node:events';
import { workApprovals } from '@/lib/approvals/expire-approvals';
import type { ApprovedStarts } from '@/lib/approvals/start-approved';
import { workApprovedStarts } from '@/lib/approvals/work-approved-starts';
import { workBackups } from '@/lib/backfill/backups/work-backups';
import { startApprovedBackfill, startApprovedUndo } from '@/lib/backfill/control/start-approved';
import { workPlans } from '@/lib/backfill/plan/work-plans';
import { workBackfills } from '@/lib/backfill/repair/work-backfills';
import { workGaps } from '@/lib/backfill/repair/work-gaps';
import { workHeartbeat } from '@/lib/backfill/repair/work-heartbeat';
import { workHolds } from '@/lib/backfill/repair/work-holds';
import { startApprovedCampaign } from '@/lib/campaigns/control/start-campaign';
import { workCampaignPlans } from '@/lib/campaigns/plan/work-campaign-plans';
import { workCampaignStarts, workCampaigns } from '@/lib/campaigns/run/work-campaigns';
import { type Context, createContext } from '@/lib/context';
import { workScans } from '@/lib/detection/scan/work-scans';
import { scheduleScans } from '@/lib/detection/schedule/schedule-scans';
import { workOverviewChanges } from '@/lib/detection/view/overview';
import { workDifferences } from '@/lib/differences/keep-differences';
import { AppError } from '@/lib/errors';
import { workRelooks } from '@/lib/findings/work-relooks';
import { readOwnMetrics } from '@/lib/health/metrics/read-metrics';
import { serveMetrics } from '@/lib/health/metrics/serve-metrics';
import { createLog } from '@/lib/log';
import { workMutationSamples } from '@/lib/mutations/sample-mutations';
import { workKills } from '@/lib/mutations/work-kills';
import { workConditions } from '@/lib/notifications/conditions/work-conditions';
import { workDeliveries } from '@/lib/notifications/outbox/work-deliveries';
import { beginOrder } from '@/lib/orders/begin-order';
import { workOrderPreviews } from '@/lib/orders/preview-order';
import { workOrders } from '@/lib/orders/work-orders';
import { onceDatabaseAnswers } from '@/lib/postgres/once-database-answers';
import { workRetention } from '@/lib/retention/work-retention';

/** What an approval of each kind starts. */
const approvedStarts: ApprovedStarts = {
  backfill: startApprovedBackfill,
  undo: startApprovedUndo,
  campaign: startApprovedCampaign,
  order: beginOrder,
};
const workStarts = (ctx: Context, signal: AbortSignal) => workApprovedStarts(ctx, approvedStarts, signal);

/**
 * The worker. Nothing else launches and watches Jobs, verifies, or scans. On SIGTERM and SIGINT it hands its days and
 * scans over to other workers at once; its Jobs keep running.
 */
async function main(): Promise<void> {
  const ctx = createContext({ process: 'worker' });
  const stop = new AbortController();
  // NOTE: each queue and each interval listens; Node would warn of a leak.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(new Error(signal)));
  await serveMetrics(ctx, () => readOwnMetrics('worker'), stop.signal);
  const heartbeat = workHeartbeat(ctx, stop.signal);
  await work(ctx, stop.signal).catch((error) => {
    if (!stop.signal.aborted) throw error;
  });
  await heartbeat;
  await ctx.close();
}

/** Returns once `signal` has aborted and everything that runs at intervals has ended. */
async function work(ctx: Context, signal: AbortSignal): Promise<void> {
  const queues = [workBackfills, workScans, workPlans, workKills, workStarts, workOrderPreviews];
  for (const begin of [...queues, workCampaignPlans, workCampaignStarts])
    await onceDatabaseAnswers(ctx, signal, () => begin(ctx, signal));
  ctx.log.info('the worker is ready');
  const ofRepairs = [
    workApprovals,
    workBackups,
    workGaps,
    workDifferences,
    workHolds,
    workCampaigns,
    workOrders,
    workRelooks,
  ];
  const ofNotifications = [workConditions, workDeliveries];
  const ofTables = [workMutationSamples, workOverviewChanges, workRetention];
  const atIntervals = [scheduleScans, ...ofTables, ...ofNotifications, ...ofRepairs];
  await Promise.all(atIntervals.map((begin) => begin(ctx, signal)));
}

main().catch((error) => {
  if (error instanceof AppError) process.stderr.write(`${error.message}\n`);
  else createLog('worker').fatal({ err: error }, 'The worker ends because of an unexpected error. Start it again.');
  process.exit(1);
});
