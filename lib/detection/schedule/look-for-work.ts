import { isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { addDays, dayOf } from '@/lib/days';
import { AppError, messageOf } from '@/lib/errors';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { busyKinds, holdSentence } from '@/lib/holds/model';
import { inLanes } from '../judge/lanes';
import { newestDay } from '../judge/newest-day';

/** What a look at a customer came to: whether a scan is wanted and of which days. */
export type Found = { customerId: string } & (
  | { outcome: 'unchanged'; atMs: number }
  | { outcome: 'scan'; reason: string; fromDay: string; toDay: string }
  | { outcome: 'unreadable'; sentence: string }
);

const lanes = 4;

/**
 * Looks at customers that are due. One that cannot be read keeps nobody else from being looked at. Throws where none of
 * several can be read because ClickHouse does not answer.
 */
export async function lookForWork(ctx: Context, customers: readonly Customer[], signal: AbortSignal): Promise<Found[]> {
  const found: Found[] = [];
  const silent: unknown[] = [];
  await inLanes(
    customers,
    async (customer) => {
      signal.throwIfAborted();
      found.push(await lookAt(ctx, customer, silent));
    },
    lanes,
  );
  if (silent.length > 1 && silent.length === customers.length) throw silent[0];
  return found;
}

/** Puts into `silent` why ClickHouse gave no answer. */
async function lookAt(ctx: Context, customer: Customer, silent: unknown[]): Promise<Found> {
  try {
    const range = await rangeOf(ctx, customer);
    return { customerId: customer.id, outcome: 'scan', reason: 'its period is over', ...range };
  } catch (error) {
    if (isPassing(error)) silent.push(error);
    else if (!(error instanceof AppError))
      ctx.log.error({ err: error, customer: customer.id }, 'a look at a customer failed');
    return { customerId: customer.id, outcome: 'unreadable', sentence: sentenceOf(error) };
  }
}

/** Without data, or where the tables cannot be read, the range ends today: the scan then says what is wrong. */
async function rangeOf(ctx: Context, customer: Customer): Promise<{ fromDay: string; toDay: string }> {
  const newest = await newestDay(ctx, customer).catch((error) => {
    if (isPassing(error)) throw error;
    ctx.log.warn({ customer: customer.id, reason: messageOf(error) }, 'the newest day is not known');
    return null;
  });
  const toDay = addDays(newest ?? dayOf(ctx.clock.now(), customer.timeZone), 1);
  return { fromDay: addDays(toDay, -ctx.config.detection.scanDays), toDay };
}

/**
 * Why the cluster is too busy to be read by itself, with the numbers of `lib/holds`; null where it is not. It is asked by
 * the first customer whose tables can be read, and the numbers are at most five seconds old.
 */
export async function whyBusy(ctx: Context, customers: readonly Customer[]): Promise<string | null> {
  for (const customer of customers) {
    const tables = await keptTables(ctx, customer).catch((error: unknown) => {
      if (isPassing(error)) throw error;
      return null;
    });
    if (tables) return holdSentence(await lookAtCluster(ctx, tables), busyKinds);
  }
  return null;
}
