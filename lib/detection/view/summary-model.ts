import type { CustomerStateName } from '@/lib/customers/state-model';
import { shiftDay } from '@/lib/day-text';

/** The days that the list of customers shows: those up to the newest day with data. */
export const listedDays = 30;

/** The state of a day, which is that of the worst thing on it. A day that was not scanned has its own state. */
export type DayState = 'unscanned' | 'limited' | 'empty' | 'stale' | 'duplicate' | 'attention' | 'settling' | 'clean';

/** The letter of each state in the strip of a customer. */
export const stateLetters: Record<DayState, string> = {
  unscanned: '-',
  limited: 'l',
  empty: 'e',
  stale: 'S',
  duplicate: 'D',
  attention: 'A',
  settling: 't',
  clean: 'c',
};
const stateOfLetter = new Map(Object.entries(stateLetters).map(([state, letter]) => [letter, state as DayState]));

const counts = {
  conversations: 0,
  affected: 0,
  stale: 0,
  duplicates: 0,
  missing: 0,
  orphans: 0,
  settling: 0,
  /** The flags of which there is at least one, as in `flagBits`. */
  flags: 0,
};

/**
 * A customer as the list shows it. The counts are of the `listedDays` days up to `newestDay`, the newest day with data;
 * `days` has a letter for each, the oldest first, and is '' without data. `countedAtMs` is when the newest of them was
 * made, or, without data, when somebody last looked and found none. `scan` is the newest scan that is none after a
 * repair, unless it succeeded or was cancelled.
 */
export type CustomerSummary = typeof counts & {
  customerId: string;
  displayName: string;
  state: CustomerStateName;
  newestDay: string | null;
  days: string;
  /** A scan hit a limit on one of the days, so every count may be higher. */
  atLeast: boolean;
  countedAtMs: number | null;
  scan: 'queued' | 'running' | 'failed' | null;
};

const usual = {
  ...counts,
  state: 'active' as const,
  newestDay: null,
  days: '',
  atLeast: false,
  countedAtMs: null,
  scan: null,
};

/** A summary as it is sent: what is zero, empty or false is left out. */
export type SentSummary = Pick<CustomerSummary, 'customerId' | 'displayName'> & Partial<CustomerSummary>;

export function sentSummary(summary: CustomerSummary): SentSummary {
  const sent: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(summary)) if (value !== usual[key as keyof typeof usual]) sent[key] = value;
  return sent as SentSummary;
}

/** The customers from the first to the last id were all counted last at this instant. */
export type CountedRange = [firstId: string, lastId: string, atMs: number];

/**
 * All customers, or, for a poll that holds an earlier answer, only those that changed since then. Of others that were only
 * looked at again, `counted` has when.
 */
export type CustomerList = { isPart: boolean; customers: SentSummary[]; gone: string[]; counted?: CountedRange[] };

/** The whole list, from the one that is held and what came since. */
export function mergeLists(held: CustomerList, sent: CustomerList): CustomerList {
  if (!sent.isPart) return sent;
  const { customers, gone, counted = [] } = sent;
  if (customers.length === 0 && gone.length === 0 && counted.length === 0) return held;
  const all = new Map(held.customers.map((one) => [one.customerId, countedIn(counted, one)]));
  for (const one of customers) all.set(one.customerId, one);
  for (const id of gone) all.delete(id);
  return { ...held, customers: [...all.values()] };
}

function countedIn(ranges: readonly CountedRange[], held: SentSummary): SentSummary {
  const found = ranges.find(([first, last]) => first <= held.customerId && held.customerId <= last);
  return found ? { ...held, countedAtMs: found[2] } : held;
}

/** The ranges of all customers in which one of `moved` is. Most customers are looked at together, so there are few. */
export function countedRanges(all: readonly CustomerSummary[], moved: ReadonlySet<string>): CountedRange[] {
  const ranges: { first: string; last: string; atMs: number | null; moved: boolean }[] = [];
  const sorted = [...all].sort((a, b) => (a.customerId < b.customerId ? -1 : 1));
  for (const { customerId, countedAtMs } of sorted) {
    const before = ranges.at(-1);
    const isMoved = moved.has(customerId);
    if (before && before.atMs === countedAtMs) {
      before.last = customerId;
      before.moved ||= isMoved;
    } else ranges.push({ first: customerId, last: customerId, atMs: countedAtMs, moved: isMoved });
  }
  return ranges.flatMap(({ first, last, atMs, moved: isMoved }) =>
    isMoved && atMs !== null ? [[first, last, atMs] satisfies CountedRange] : [],
  );
}

/** The most affected one is first; equal ones are in order of their names. */
export function summariesOf({ customers }: CustomerList): CustomerSummary[] {
  return customers
    .map((sent) => ({ ...usual, ...sent }))
    .sort((a, b) => b.affected - a.affected || a.displayName.localeCompare(b.displayName));
}

/** The days of the strip with their states, the oldest first. */
export function stripOf({ newestDay, days }: Pick<CustomerSummary, 'newestDay' | 'days'>) {
  return [...days].map((letter, at) => ({
    day: shiftDay(newestDay ?? '', at + 1 - days.length),
    state: stateOfLetter.get(letter) ?? ('unscanned' as const),
  }));
}

const affectedStates: DayState[] = ['stale', 'duplicate', 'attention'];

/** Whether a day of this state has an affected conversation. */
export const isAffected = (state: DayState): boolean => affectedStates.includes(state);

/** How many of the days are in one of the states in which a conversation is affected. */
export const affectedDaysOf = (summary: Pick<CustomerSummary, 'days'>): number => daysIn(summary, affectedStates);

/** How many of the days are in one of these states. */
export function daysIn({ days }: Pick<CustomerSummary, 'days'>, states: readonly DayState[]): number {
  const letters = states.map((state) => stateLetters[state]);
  return [...days].filter((letter) => letters.includes(letter)).length;
}

/** A customer with its affected days among those that the list shows; `flags` are those of the day, as in `flagBits`. */
export type AffectedCustomer = Pick<CustomerSummary, 'customerId' | 'displayName' | 'newestDay'> & {
  days: { day: string; affected: number; flags: number }[];
};
