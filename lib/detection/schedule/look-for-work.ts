import { isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { keepTables, keptTables } from '@/lib/customers/kept-tables';
import type { Customer } from '@/lib/customers/model';
import { addDays, type Day, dayOf } from '@/lib/days';
import { AppError, messageOf } from '@/lib/errors';
import { lookAtCluster } from '@/lib/holds/look-at-cluster';
import { busyKinds, holdSentence } from '@/lib/holds/model';
import { count } from '@/lib/words';
import { auditDue } from '../changes/audit-model';
import { lookForChanges } from '../changes/look-for-changes';
import { inLanes } from '../judge/lanes';
import { laterDay, newestDay } from '../judge/newest-day';
import { counted } from './counted';
import type { Found } from './model';
import { addLookCost } from './sql/look-costs';

/** A customer that is due; `watchedTo` is the day after the newest that is watched, null for all days. */
export type Due = { customer: Customer; watchedTo: Day | null };

const lanes = 4;

/** Within so long a server says that it is there. */
const pingMs = 5_000;

/** Of so many customers that changed one look finds out which days to scan, so that their scans begin meanwhile. */
const changedMost = 20;

/**
 * Looks at customers that are due, the first of them first, and notes what that cost. Those of which it says nothing stay
 * due. One that cannot be read keeps nobody else from being looked at. Throws where none of several can be read because
 * ClickHouse does not answer at all.
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
  // NOTE: where only these customers' cluster is silent, they have to make room for the others.
  const isSilent = silent.length > 1 && silent.length === found.length;
  if (
    isSilent &&
    !(await ctx.clickhouse.client.ping({ select: true, abort_signal: AbortSignal.timeout(pingMs) })).success
  )
    throw silent[0];
  return found;
}

async function lookAt(
  ctx: Context,
  { customer, watchedTo }: Due,
  { reason, silent }: { reason: string; silent: unknown[] },
): Promise<Found> {
  try {
    const { later, ...range } = await rangeOf(ctx, customer, reason === auditDue ? null : watchedTo);
    const rows = count(later, 'row of the conversations', 'rows of the conversations');
    const also = later > 0 ? `; ${rows} with a start after tomorrow ${later === 1 ? 'is' : 'are'} not watched` : '';
    return { customerId: customer.id, outcome: 'scan', reason: `${reason}${also}`, ...range };
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
): Promise<{ fromDay: string; toDay: string; later: number }> {
  const { timeZone } = customer;
  const isKept = watchedTo !== null && watchedTo <= laterDay(ctx.clock.now(), timeZone);
  const since = isKept ? watchedTo : null;
  const newest = await newestDay(ctx, customer, since).catch((error) => {
    if (isPassing(error)) throw error;
    ctx.log.warn({ customer: customer.id, reason: messageOf(error) }, 'the newest day is not known');
    return { day: null, later: 0 };
  });
  const known = newest.day === null ? since : addDays(newest.day, 1);
  const toDay = known ?? addDays(dayOf(ctx.clock.now(), timeZone), 1);
  return { fromDay: addDays(toDay, -ctx.config.detection.scanDays), toDay, later: newest.later };
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
