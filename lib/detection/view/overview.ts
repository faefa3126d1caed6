import type { Context } from '@/lib/context';
import { Revised } from '@/lib/edge/revision';
import { AppError } from '@/lib/errors';
import { atIntervals } from '@/lib/poll';
import type { Db } from '@/lib/postgres/client';
import { deleteOldChanges, selectChanges, selectSummaries } from './sql';
import {
  type CustomerList,
  type CustomerSummary,
  countedRanges,
  listedDays,
  mergeLists,
  sentSummary,
} from './summary-model';

/** Changes are kept for this long, so a poll that holds an older answer is sent the whole list. */
const keptSeconds = 3_600;
/** A poll that holds an answer of this age is sent a new revision, though nothing else is new. */
const renewedSeconds = keptSeconds / 4;
const forgetEveryMs = 10 * 60_000;
/** Up to so many customers that were only looked at again are read and sent like changed ones. */
const fewChecked = 10;
/** A revision names up to so many transactions that were open; with more of them it is as if all of them were. */
const openMost = 32;

/** What this process answered last as a whole: of the next whole list only what changed since then is read. */
const kept = new WeakMap<Db, { list: CustomerList; revision: string }>();

/**
 * The list of customers, only from stored results; with `since`, the revision of an earlier answer, only those that
 * changed. Its revision names the transactions of Postgres whose writes it does not have, and the second in which it was
 * asked for.
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
  const held = since === null ? null : heldIn(since);
  if (!held || since === null) return null;
  const now = await changes(db, held);
  const age = now.second - held.second;
  if (age > keptSeconds / 2 || BigInt(held.next) > BigInt(now.next)) return null;
  const some = now.customers.length + now.checked.length;
  if (some === 0 && age < renewedSeconds) return Revised.unchanged(since);
  return new Revised(some === 0 ? noChange : await partOf(db, now), now.revision);
}

async function partOf(db: Db, { customers, checked }: { customers: string[]; checked: string[] }) {
  const many = checked.length > fewChecked;
  const asked = new Set(many ? customers : [...customers, ...checked]);
  const found = await summaries(db, many ? null : [...asked]);
  const changed = found.filter(({ customerId }) => asked.has(customerId));
  for (const { customerId } of changed) asked.delete(customerId);
  const part: CustomerList = { isPart: true, customers: changed.map(sentSummary), gone: [...asked] };
  return many ? { ...part, counted: countedRanges(found, new Set(checked)) } : part;
}

type Held = { next: string; open: string[]; second: number };

/** As `<next>[.<before next>]*-<second>`: the first transaction that had not begun, and how far before it the open ones are. */
function revisionTo({ next, open, second }: Held): string {
  const last = BigInt(next);
  const before = open.map((one) => last - BigInt(one));
  if (before.length <= openMost) return `${[next, ...before].join('.')}-${second}`;
  return `${before.reduce((least, one) => (last - one < least ? last - one : least), last)}-${second}`;
}

function heldIn(revision: string): Held | null {
  const [, next, before, second] = /^(\d{1,18})((?:\.\d{1,18}){0,32})-(\d{1,12})$/.exec(revision) ?? [];
  if (next === undefined || second === undefined) return null;
  const open = (before ?? '')
    .split('.')
    .slice(1)
    .map((one) => BigInt(next) - BigInt(one));
  return open.every((one) => one >= 0n) ? { next, open: open.map(String), second: Number(second) } : null;
}

async function changes(db: Db, held: Held | null) {
  const [now] = await db.query(selectChanges, { next: held?.next ?? null, open: held?.open ?? [] });
  if (!now) throw new Error('the changes of customers were not answered');
  return { ...now, revision: revisionTo(now) };
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
