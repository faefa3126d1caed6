import type { Context } from '@/lib/context';
import { Revised } from '@/lib/edge/revision';
import { AppError } from '@/lib/errors';
import { atIntervals } from '@/lib/poll';
import type { Db } from '@/lib/postgres/client';
import { deleteOldChanges, selectChanges, selectSummaries } from './sql';
import { type CustomerList, type CustomerSummary, listedDays, sentSummary } from './summary-model';

/** Changes are kept for this long, so a poll that holds an older answer is sent the whole list. */
const keptSeconds = 3_600;
/** A poll that holds an answer of this age is sent a new revision, though nothing else is new. */
const renewedSeconds = keptSeconds / 4;
const forgetEveryMs = 10 * 60_000;

/**
 * The list of customers, only from stored results; with `since`, the revision of an earlier answer, only those that
 * changed. Its revision names a transaction of Postgres and the second in which it was asked for.
 */
export async function overview({ db }: { db: Db }, since: string | null = null): Promise<Revised<CustomerList>> {
  const held = /^(\d{1,19})-(\d{1,12})$/.exec(since ?? '');
  const [now] = await db.query(selectChanges, { since: held?.[1] ?? null });
  if (!now) throw new Error('the changes of customers were not answered');
  const revision = `${now.transaction}-${now.second}`;
  const age = now.second - Number(held?.[2]);
  if (!held || age > keptSeconds / 2 || BigInt(held[1] ?? 0) > BigInt(now.transaction))
    return new Revised({ isPart: false, customers: (await summaries(db, null)).map(sentSummary), gone: [] }, revision);
  if (now.customers.length === 0 && age < renewedSeconds) return Revised.unchanged(since ?? '');
  const changed = now.customers.length === 0 ? [] : await summaries(db, now.customers);
  const found = new Set(changed.map(({ customerId }) => customerId));
  const gone = now.customers.filter((id) => !found.has(id));
  return new Revised({ isPart: true, customers: changed.map(sentSummary), gone }, revision);
}

const summaries = async (db: Db, ids: string[] | null): Promise<CustomerSummary[]> =>
  (await db.query(selectSummaries, { ids, days: listedDays })).map(({ summary }) => summary);

/** One customer as the list has it, and its time zone. Throws AppError('not_found'). */
export async function readSummary(
  { db }: { db: Db },
  customerId: string,
): Promise<{ summary: CustomerSummary; timeZone: string }> {
  const [found] = await db.query(selectSummaries, { ids: [customerId], days: listedDays });
  if (!found) throw new AppError('not_found', `There is no customer "${customerId}".`);
  return found;
}

/** Forgets the changes that are older than any poll asks for. */
export const forgetChanges = ({ db }: { db: Db }) => db.query(deleteOldChanges, { seconds: keptSeconds });

/** Forgets them at intervals until `signal` aborts. */
export const workOverviewChanges = (ctx: Context, signal: AbortSignal): Promise<void> =>
  atIntervals(
    forgetEveryMs,
    signal,
    () => forgetChanges(ctx),
    (error) => ctx.log.warn({ err: error }, 'old changes of the list of customers could not be removed'),
  );
