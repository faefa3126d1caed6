import { isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { keepTables, keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { addDays, type Day, dayOf } from '@/lib/days';
import { AppError, messageOf } from '@/lib/errors';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { busyKinds, holdSentence } from '@/lib/holds/model';
import { auditDue } from '../changes/audit-model';
import { lookForChanges } from '../changes/look-for-changes';
import { inLanes } from '../judge/lanes';
import { newestDay } from '../judge/newest-day';
import { counted } from './counted';
import { addLookCost } from './sql/look-costs';

/** What a look at a customer came to: whether a scan is wanted and of which days. */
export type Found = { customerId: string } & (
  | { outcome: 'unchanged'; atMs: number }
  | { outcome: 'scan'; reason: string; fromDay: string; toDay: string }
  | { outcome: 'unreadable'; sentence: string }
);

/** A customer that is due; `watchedTo` is the day after the newest that is watched, null for all days. */
export type Due = { customer: Customer; watchedTo: Day | null };

const lanes = 4;

/** Of so many customers that changed one look finds out which days to scan, so that their scans begin meanwhile. */
const changedMost = 20;

/**
 * Looks at customers that are due, the first of them first, and notes what that cost. Those of which it says nothing stay
 * due. One that cannot be read keeps nobody else from being looked at. Throws where none of several can be read because
 * ClickHouse does not answer.
 */
export async function lookForWork(ctx: Context, due: readonly Due[], signal: AbortSignal): Promise<Found[]> {
  const { clickhouse, cost } = counted(ctx.clickhouse);
  const found = await lookAtAll({ ...ctx, clickhouse }, due, signal);
  await ctx.db.query(addLookCost, {
    customerIds: due.map(({ customer }) => customer.id),
    foundIds: found.map(({ customerId }) => customerId),
    at: new Date(ctx.clock.now()),
    statements: cost.queryIds.length,
    rowsRead: cost.rowsRead,
    bytesRead: cost.bytesRead,
    elapsedMs: cost.elapsedMs,
  });
  return found;
}

async function lookAtAll(ctx: Context, due: readonly Due[], signal: AbortSignal): Promise<Found[]> {
  const silent: unknown[] = [];
  const found: Found[] = [];
  const changed: { one: Due; reason: string }[] = [];
  const looks = await lookForChanges(
    ctx,
    due.map(({ customer }) => customer),
    signal,
  );
  for (const one of due) {
    const { id: customerId } = one.customer;
    const look = looks.get(customerId);
    if (look?.outcome === 'unchanged') found.push({ customerId, ...look });
    else if (look?.outcome === 'unreadable') found.push(unreadable(ctx, customerId, look.error, silent));
    else changed.push({ one, reason: look?.reason ?? '' });
  }
  const taken = changed.slice(0, changedMost);
  await keepTables(
    ctx,
    taken.map(({ one }) => one.customer.database),
    signal,
  );
  await inLanes(
    taken,
    async ({ one, reason }) => {
      signal.throwIfAborted();
      found.push(await lookAt(ctx, one, { reason, silent }));
    },
    lanes,
  );
  if (silent.length > 1 && silent.length === found.length) throw silent[0];
  return found;
}

async function lookAt(
  ctx: Context,
  { customer, watchedTo }: Due,
  { reason, silent }: { reason: string; silent: unknown[] },
): Promise<Found> {
  try {
    const range = await rangeOf(ctx, customer, reason === auditDue ? null : watchedTo);
    return { customerId: customer.id, outcome: 'scan', reason, ...range };
  } catch (error) {
    return unreadable(ctx, customer.id, error, silent);
  }
}

/** Puts into `silent` why ClickHouse gave no answer. */
function unreadable(ctx: Context, customerId: string, error: unknown, silent: unknown[]): Found {
  if (isPassing(error)) silent.push(error);
  else if (!(error instanceof AppError))
    ctx.log.error({ err: error, customer: customerId }, 'a look at a customer failed');
  return { customerId, outcome: 'unreadable', sentence: sentenceOf(error) };
}

/**
 * The newest days. With `watchedTo` only newer ones are looked for. Without data, or where the tables cannot be read, the
 * range ends today: the scan then says what is wrong.
 */
async function rangeOf(
  ctx: Context,
  customer: Customer,
  watchedTo: Day | null,
): Promise<{ fromDay: string; toDay: string }> {
  const newest = await newestDay(ctx, customer, watchedTo).catch((error) => {
    if (isPassing(error)) throw error;
    ctx.log.warn({ customer: customer.id, reason: messageOf(error) }, 'the newest day is not known');
    return null;
  });
  const known = newest === null ? watchedTo : addDays(newest, 1);
  const toDay = known ?? addDays(dayOf(ctx.clock.now(), customer.timeZone), 1);
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
