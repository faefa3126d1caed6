import { randomUUID } from 'node:crypto';
import { approvalUsedBy } from '@/lib/approvals/list-approvals';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { insertAll } from '@/lib/backfill/control/start-backfill';
import { outOfBounds } from '@/lib/backfill/plan/bounded-plan';
import { unapprovedRows } from '@/lib/backfill/plan/unapproved-rows';
import { backfillQueue, sendItem } from '@/lib/backfill/repair/queue';
import { isAboveThreshold, type RepairPlan } from '@/lib/backfill/state/plan-model';
import { lockCustomer } from '@/lib/backfill/state/sql/runs';
import { isPassing } from '@/lib/clickhouse/failure';
import type { Context } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { AppError } from '@/lib/errors';
import { selectStop } from '@/lib/holds/sql/stops';
import { every, poll } from '@/lib/poll';
import { type Db, isConflict, type Transaction } from '@/lib/postgres/client';
import { workerActor } from '../plan/make-campaign-plan';
import { freshPlan, needsNothing, obstacleOf } from '../plan/plan-customer';
import { factsOf, insertCampaignEvent, lockCampaign } from '../sql/campaigns';
import { countActiveRuns, selectFacts, selectTurn, updateCustomer } from '../sql/customers';
import { boundOf } from '../state/bounded-of';
import type { CampaignCustomerStatus } from '../state/campaign-model';
import { stopReasonOf } from '../state/next-of';
import type { CampaignStartJob } from './start-queue';

type Turn = NonNullable<Awaited<ReturnType<typeof readTurn>>>;
/** What came of a turn without a run. `waitMs`: it is tried again. */
type NoRun = {
  status: Extract<CampaignCustomerStatus, 'waiting' | 'set aside' | 'left out'>;
  sentence: string | null;
  waitMs?: number;
};

/** How long a customer waits after something that passes kept it from starting. */
const againMs = 20_000;
/**
 * A customer is planned while the runs before it end. Its plan waits for its place this long; then a tick sends it
 * again, so that the starts of other campaigns have their turn.
 */
const planKeptMs = 60_000;
const lookEveryMs = 100;

const needsApprovalNow =
  'With what was lately deleted of this customer it now needs a second person’s approval, which the campaign does not have.';

const readTurn = async (ctx: Context, job: CampaignStartJob) => (await ctx.db.query(selectTurn, job))[0];

/**
 * Starts the run of a customer whose turn it is, from a fresh plan that keeps to what was planned and approved; else it
 * is set aside with what changed. Run and customer change in one transaction under the campaign's lock, so there is one
 * run whatever is killed. Does nothing where the turn is over. Throws the reason of `signal`.
 */
export async function startCustomer(ctx: Context, job: CampaignStartJob, signal: AbortSignal): Promise<void> {
  const turn = await readTurn(ctx, job);
  if (turn?.status !== 'starting') return;
  if (turn.campaignStatus !== 'running') return settle(ctx, job, { status: 'waiting', sentence: null });
  const bounded = { ...ctx, clickhouse: ctx.clickhouse.within({ signal }) };
  try {
    const plan = await freshPlan(bounded, job.customerId, turn.request);
    signal.throwIfAborted();
    const noRun = judge(plan, turn);
    if (noRun) return await settle(ctx, job, noRun);
    const look = { ...every(lookEveryMs), withinMs: planKeptMs, signal };
    const isOver = await poll(look, () => insertRun(ctx, job, turn, plan));
    if (isOver === null) await settle(ctx, job, { status: 'waiting', sentence: null });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    await settle(ctx, job, noRunOf(ctx, error));
  }
}

/** Why a fresh plan is not started; null where it is. */
function judge(plan: RepairPlan, { plan: planned, request }: Turn): NoRun | null {
  if (!planned) return { status: 'set aside', sentence: 'It has no plan.' };
  if (needsNothing(plan)) return { status: 'left out', sentence: 'Nothing needs a repair any more.' };
  const { fromDay, toDay } = request;
  const changed = outOfBounds({ customerId: plan.customerId, fromDay, toDay, ...boundOf(planned) }, plan);
  if (changed.length > 0) return { status: 'set aside', sentence: `It is not as it was planned. ${changed.join(' ')}` };
  const obstacle = obstacleOf(plan, request.confirmed);
  return obstacle === null ? null : { status: 'set aside', sentence: obstacle };
}

function noRunOf(ctx: Context, error: unknown): NoRun {
  if (isConflict(error, 'backfill_runs_one_active'))
    return { status: 'waiting', sentence: 'Waits for another run of this customer.', waitMs: againMs };
  if (isPassing(error) || (error instanceof AppError && (error.code === 'unavailable' || error.code === 'limit')))
    return {
      status: 'waiting',
      sentence: `It could not be planned, and is tried again. ${error instanceof AppError ? error.message : ''}`.trim(),
      waitMs: againMs,
    };
  if (error instanceof AppError) return { status: 'set aside', sentence: error.message };
  ctx.log.error({ err: error }, 'a customer of a campaign could not be started');
  return { status: 'set aside', sentence: 'Its run could not be started, for a reason that only the log has.' };
}

/**
 * True under the campaign's lock while it is the customer's turn. Where the campaign paused, everything was stopped, or
 * the next tick will stop the campaign, the customer waits for what a tick then does.
 */
async function isItsTurn(tx: Transaction, job: CampaignStartJob): Promise<boolean> {
  const { campaignId } = job;
  const [campaign] = await tx.query(lockCampaign, { campaignId });
  const [turn] = await tx.query(selectTurn, job);
  if (!campaign || turn?.status !== 'starting') return false;
  const [stop] = await tx.query(selectStop);
  const found = await tx.query(selectFacts, { campaignId });
  if (campaign.status === 'running' && !stop && stopReasonOf(factsOf(campaign), found) === null) return true;
  await setAside(tx, job, { status: 'waiting', sentence: null });
  return false;
}

async function settle(ctx: Context, job: CampaignStartJob, noRun: NoRun): Promise<void> {
  await ctx.db.transaction(async (tx) => {
    if (await isItsTurn(tx, job)) await setAside(tx, job, noRun);
  });
}

async function setAside(tx: Transaction, job: CampaignStartJob, { status, sentence, waitMs }: NoRun): Promise<void> {
  await tx.query(updateCustomer, { ...job, status, sentence, waitMs: waitMs ?? null });
  if (sentence === null) return;
  await tx.query(insertCampaignEvent, { ...job, kind: status, text: `${job.customerId}: ${sentence}` });
  if (status === 'waiting') return;
  await recordAudit(tx, workerActor(job.campaignId), {
    action: `campaign.${status.replace(' ', '-')}`,
    customerId: job.customerId,
    subject: job.campaignId,
    detail: { sentence },
  });
}

/** True once the run is there, or the turn is over; null while the campaign has as many runs as it may have at a time. */
async function insertRun(ctx: Context, job: CampaignStartJob, turn: Turn, plan: RepairPlan): Promise<true | null> {
  const { campaignId, customerId } = job;
  const isFull = async (db: Db) => {
    const [active = 0] = await db.query(countActiveRuns, { campaignId });
    return active >= turn.request.concurrency;
  };
  const now = await readTurn(ctx, job);
  if (now?.status === 'starting' && now.campaignStatus === 'running' && (await isFull(ctx.db))) return null;
  const customer = await getCustomer(ctx, customerId);
  const approval = turn.isApproved || turn.orderId ? await approvalUsedBy(ctx, turn.orderId ?? campaignId) : null;
  const boss = await backfillQueue(ctx);
  const runId = randomUUID();
  return ctx.db.transaction(async (tx) => {
    if (!(await isItsTurn(tx, job))) return true;
    if (await isFull(tx)) return null;
    await tx.query(lockCustomer, { customerId });
    const unapproved = await unapprovedRows(tx, customerId);
    if (!approval && isAboveThreshold(plan.rowsToDelete, unapproved, ctx.config.backfill.approvalRows)) {
      await setAside(tx, job, { status: 'set aside', sentence: needsApprovalNow });
      return true;
    }
    const started = { ...plan, needsApproval: approval !== null, unapprovedRows: unapproved };
    const request = { confirmed: turn.request.confirmed, reason: turn.reason };
    const actor: Actor = { ...workerActor(campaignId), name: turn.startedBy ?? 'worker' };
    const firstItem = await insertAll(tx, { runId, plan: started, customer, request, approval, actor, campaignId });
    await tx.query(updateCustomer, { ...job, status: 'running', sentence: null, runId });
    await tx.query(insertCampaignEvent, { ...job, kind: 'run started', text: `${customerId}: its run started.` });
    await sendItem(boss, tx, { itemId: firstItem, customerId });
    return true;
  });
}
