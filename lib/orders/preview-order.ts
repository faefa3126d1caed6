import { obstacles } from '@/lib/backfill/plan/pre-checks';
import { customersOf } from '@/lib/campaigns/plan/customers-of';
import { type PlannedCustomer, planCustomer } from '@/lib/campaigns/plan/plan-customer';
import { boundsOf } from '@/lib/campaigns/state/bounds';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import { failureOf } from '@/lib/edge/failure';
import { AppError } from '@/lib/errors';
import { workUnlessStopped } from '@/lib/holds/work-unless-stopped';
import { resendLost } from '@/lib/postgres/lost-jobs';
import { storedJson } from '@/lib/text';
import { closeOrder } from './end-order';
import type { OrderPreview, OrderTerms, PreviewCustomer } from './model';
import { nightRequest } from './nights/night-request';
import { lastNight } from './nights/nights';
import { orderHash } from './order-hash';
import { PreviewJob, previewQueue, previewQueueName, sendPreview } from './queue';
import { selectOrder, selectPreviewsWithoutJob, updatePreview } from './sql/orders';

export const resendLostPreviews = resendLost(selectPreviewsWithoutJob, sendPreview);

/**
 * Makes the previews of proposed orders until `signal` aborts, and none while everything is stopped. One that is not
 * ready then goes back to the queue, and another worker makes it. Returns when the worker is registered.
 */
export async function workOrderPreviews(ctx: Context, signal: AbortSignal): Promise<void> {
  const queue = { boss: await previewQueue(ctx), name: previewQueueName, db: ctx.db, log: ctx.log, signal };
  const pace = { places: [{}], resendLost: resendLostPreviews };
  await workUnlessStopped(ctx, queue, pace, (data, until) => previewOrder(ctx, PreviewJob.parse(data).orderId, until));
}

/**
 * Counts what an order would have done last night and stores it, with the hash that an approval names. It only reads. An
 * order whose preview cannot be made ends, with the sentence.
 */
export async function previewOrder(ctx: Context, orderId: string, signal: AbortSignal): Promise<void> {
  const [order] = await ctx.db.query(selectOrder, { id: orderId });
  if (order?.status !== 'counting') return;
  const bounded = { ...ctx, clickhouse: ctx.clickhouse.within({ signal }) };
  try {
    const preview = await countLastNight(bounded, order.terms, signal);
    const planHash = orderHash({ terms: order.terms, preview, replaces: order.replaces });
    await ctx.db.query(updatePreview, { id: orderId, preview: storedJson(preview), planHash });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof AppError && error.code === 'unavailable') throw error;
    const { message } = failureOf(error, { log: ctx.log, name: 'order.preview', requestId: orderId });
    const actor = { name: 'worker', role: 'operator', via: 'worker', requestId: orderId } as const;
    const reason = `What it would have done could not be counted. ${message}`;
    const ended = { orderId, status: 'ended', reason, atMs: ctx.clock.now() } as const;
    await ctx.db.transaction((tx) => closeOrder(tx, ended, actor));
  }
}

/** The same planner as that of a night's campaign, on the days of the last night. */
async function countLastNight(ctx: Context, terms: OrderTerms, signal: AbortSignal): Promise<OrderPreview> {
  const countedAtMs = ctx.clock.now();
  const night = lastNight(terms.window, countedAtMs);
  const request = await nightRequest(ctx, terms, night.fromMs);
  const names = new Map((await listCustomers(ctx)).map(({ id, displayName }) => [id, displayName]));
  const customers: PreviewCustomer[] = [];
  for (const { customerId, sentence } of await customersOf(ctx, request)) {
    signal.throwIfAborted();
    const planned = sentence === null ? await planCustomer(ctx, { customerId, request }, signal) : null;
    customers.push({
      customerId,
      displayName: names.get(customerId) ?? customerId,
      days: planned?.plan?.days ?? 0,
      rows: planned?.plan?.rowsToDelete ?? 0,
      conversations: planned?.plan?.conversations ?? 0,
      seconds: planned?.plan?.seconds ?? 0,
      leftOut: sentence ?? (planned && whyLeftOut(planned)),
    });
  }
  return {
    night: night.night,
    fromDay: request.fromDay,
    toDay: request.toDay,
    countedAtMs,
    customers: withinLimits(customers, request),
  };
}

/** Why a customer is left out, in the words of the pre-checks that are not passed; null where it is repaired. */
function whyLeftOut({ checks, sentence }: PlannedCustomer): string | null {
  const found = sentence === null ? [] : obstacles(checks, []);
  return found.length > 0 ? found.map((check) => check.sentence).join(' ') : sentence;
}

/** Leaves out what the limits leave out of a campaign. */
function withinLimits(customers: PreviewCustomer[], request: Parameters<typeof boundsOf>[1]): PreviewCustomer[] {
  const planned = customers
    .filter(({ leftOut }) => leftOut === null)
    .map(({ customerId, rows }) => ({ customerId, rowsToDelete: rows }));
  const bounds = boundsOf(planned, request);
  return customers.map((one) => ({ ...one, leftOut: one.leftOut ?? bounds.get(one.customerId)?.leftOut ?? null }));
}
