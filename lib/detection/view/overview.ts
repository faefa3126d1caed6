import type { Context } from '@/lib/context';
import { Revised } from '@/lib/edge/revision';
import { AppError } from '@/lib/errors';
import { atIntervals } from '@/lib/poll';
import type { Db } from '@/lib/postgres/client';
import { deleteOldChanges, selectChanges, selectSummaries } from './sql';
import { type CustomerList, type CustomerSummary, listedDays, mergeLists, sentSummary } from './summary-model';

/** Changes are kept for this long, so a poll that holds an older answer is sent the whole list. */
const keptSeconds = 3_600;
/** A poll that holds an answer of this age is sent a new revision, though nothing else is new. */
const renewedSeconds = keptSeconds / 4;
const forgetEveryMs = 10 * 60_000;

/** What this process answered last as a whole: of the next whole list only what changed since then is read. */
const kept = new WeakMap<Db, { list: CustomerList; revision: string }>();

/**
 * The list of customers, only from stored results; with `since`, the revision of an earlier answer, only those that
 * changed. Its revision names a transaction of Postgres and the second in which it was asked for.
 */
export async function overview({ db }: { db: Db }, since: string | null = null): Promise<Revised<CustomerList>> {
  const part = await changedSince(db, since);
  if (part) return part;
  const held = kept.get(db);
  const newer = held && (await changedSince(db, held.revision));
  const whole = held && newer ? { list: mergeLists(held.list, newer.data ?? noChange), ...newer } : await readAll(db);
  kept.set(db, { list: whole.list, revision: whole.revision });
  return new Revised(whole.list, whole.revision);
}

const noChange: CustomerList = { isPart: true, customers: [], gone: [] };

async function readAll(db: Db): Promise<{ list: CustomerList; revision: string }> {
  const { revision } = await changes(db, null);
  return { list: { isPart: false, customers: (await summaries(db, null)).map(sentSummary), gone: [] }, revision };
}

/** What is newer than an earlier answer; null where that is not known any more. */
async function changedSince(db: Db, since: string | null): Promise<Revised<CustomerList> | null> {
  const held = /^(\d{1,19})-(\d{1,12})$/.exec(since ?? '');
  if (!held || since === null) return null;
  const now = await changes(db, held[1] ?? null);
  const age = now.second - Number(held[2]);
  if (age > keptSeconds / 2 || BigInt(held[1] ?? 0) > BigInt(now.transaction)) return null;
  if (now.customers.length === 0 && age < renewedSeconds) return Revised.unchanged(since);
  const changed = now.customers.length === 0 ? [] : await summaries(db, now.customers);
  const found = new Set(changed.map(({ customerId }) => customerId));
  const gone = now.customers.filter((id) => !found.has(id));
  return new Revised({ isPart: true, customers: changed.map(sentSummary), gone }, now.revision);
}

async function changes(db: Db, since: string | null) {
  const [now] = await db.query(selectChanges, { since });
  if (!now) throw new Error('the changes of customers were not answered');
  return { ...now, revision: `${now.transaction}-${now.second}` };
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
