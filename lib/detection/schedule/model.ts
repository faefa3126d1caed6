import type { Day } from '@/lib/days';
import type { Scan } from '../model';

export type RegularCause = Extract<Scan['cause'], 'first start' | 'schedule'>;

/** A scan that is decided on: `fromDay` to `toDay` without it. */
export type Wanted = { cause: RegularCause; reason: string; fromDay: Day; toDay: Day; sinceMs: number };

export const lookedWords = ['full', 'changes', 'nothing changed'] as const;
export type Looked = (typeof lookedWords)[number];

/**
 * What the schedule knows of a customer. `lookedAtMs` is the last moment at which its newest days were looked at. A
 * claim says that a worker looks at this moment. `failures` counts those since the last success.
 */
export type CustomerState = {
  customerId: string;
  createdAtMs: number;
  askedAtMs: number | null;
  lookedAtMs: number | null;
  looked: Looked | null;
  failures: number;
  failure: string | null;
  notBeforeMs: number | null;
  claimedUntilMs: number | null;
  wanted: Wanted | null;
  /** The day after the newest that is watched. */
  watchedTo: Day | null;
  scanId: string | null;
};

/** What became of a scan of the schedule; null where the row is gone. */
export type LastScan = Pick<Scan, 'status' | 'asOfMs' | 'failure'> & { kind: Looked | null };

/** How often a customer is looked at; `everyMs` 0 means until that succeeded once. */
export type Period = { nowMs: number; everyMs: number };

const backOff = { leastMs: 60_000, mostMs: 6 * 3_600_000 };

/** How long a customer waits after so many failures without a success: a period, then twice that, 6 hours at most. */
export const backOffMs = (failures: number, everyMs: number): number =>
  Math.min(backOff.mostMs, Math.max(backOff.leastMs, everyMs) * 2 ** Math.min(20, failures - 1));

/** The state after the customer could not be looked at. */
export const afterFailure = (state: CustomerState, failure: string, { nowMs, everyMs }: Period): CustomerState => ({
  ...state,
  failures: state.failures + 1,
  failure,
  notBeforeMs: nowMs + backOffMs(state.failures + 1, everyMs),
  claimedUntilMs: null,
  wanted: null,
  scanId: null,
});

/** The state after a look or scan at `atMs`. */
export const afterLook = (state: CustomerState, looked: Looked, atMs: number): CustomerState => ({
  ...state,
  looked,
  lookedAtMs: Math.max(atMs, state.lookedAtMs ?? 0),
  failures: 0,
  failure: null,
  notBeforeMs: null,
  claimedUntilMs: null,
  wanted: null,
  scanId: null,
});

/** The state once its scan has ended; null while it has not. */
export function afterScan(state: CustomerState, scan: LastScan | null, period: Period): CustomerState | null {
  if (scan?.status === 'queued' || scan?.status === 'running') return null;
  if (scan?.status === 'succeeded') return afterLook(state, scan.kind ?? 'full', scan.asOfMs ?? period.nowMs);
  if (scan?.status === 'failed') return afterFailure(state, scan.failure ?? 'Its scan failed.', period);
  // A person cancelled it, so it is not asked for again at once; with a period of 0 not at all, as if none had failed.
  const failed = period.everyMs === 0 ? { failures: 0, failure: null } : {};
  return { ...state, ...failed, scanId: null, notBeforeMs: period.nowMs + Math.max(backOff.leastMs, period.everyMs) };
}

/**
 * Since when the customer is due, or will be; null where it is never again: with `everyMs` 0 it was looked at, or a person
 * cancelled that.
 */
export function dueAtMs(state: CustomerState, everyMs: number): number | null {
  if (state.askedAtMs === null) return state.notBeforeMs ?? state.createdAtMs;
  if (everyMs === 0) return state.lookedAtMs === null && state.failures > 0 ? state.notBeforeMs : null;
  return Math.max((state.lookedAtMs ?? state.askedAtMs) + everyMs, state.notBeforeMs ?? 0);
}

export const regularCause = (state: CustomerState): RegularCause =>
  state.askedAtMs === null ? 'first start' : 'schedule';

/** What a look at a customer came to: whether a scan is wanted and of which days. */
export type Found = { customerId: string } & (
  | { outcome: 'unchanged'; atMs: number }
  | { outcome: 'scan'; reason: string; fromDay: Day; toDay: Day }
  | { outcome: 'unreadable'; sentence: string }
);

/** The state after a look. One that was never read is still asked for first, also where it is asked for only once. */
export function afterFound(state: CustomerState, found: Found | undefined, period: Period): CustomerState {
  if (!found) return state;
  if (found.outcome === 'unchanged')
    return afterLook({ ...state, askedAtMs: state.askedAtMs ?? period.nowMs }, 'nothing changed', found.atMs);
  if (found.outcome === 'unreadable') return afterFailure(state, found.sentence, period);
  const { reason, fromDay, toDay } = found;
  return { ...state, wanted: { cause: regularCause(state), reason, fromDay, toDay, sinceMs: period.nowMs } };
}

const isFree = ({ scanId, wanted, claimedUntilMs }: CustomerState, nowMs: number) =>
  scanId === null && wanted === null && (claimedUntilMs === null || claimedUntilMs <= nowMs);

/** Longest not looked at first, those never looked at before all, and by name where that is equal. */
const byLongest = (a: CustomerState, b: CustomerState) =>
  (a.lookedAtMs ?? 0) - (b.lookedAtMs ?? 0) || a.createdAtMs - b.createdAtMs || (a.customerId < b.customerId ? -1 : 1);

export type Decision = { request: CustomerState[]; look: CustomerState[] };

/**
 * Which wanted scans are requested now, `room` at most, and which due customers are looked at, `looksMost` at most. Looks
 * stop while as many scans are wanted as there is room for. Both are in the order of longest not looked at, so one that
 * waits is before all that were looked at since.
 */
export function decide(
  states: readonly CustomerState[],
  { room, looksMost, ...period }: Period & { room: number; looksMost: number },
): Decision {
  const wanted = states.filter((one) => one.wanted !== null && one.scanId === null).sort(byLongest);
  const request = wanted.slice(0, Math.max(0, room));
  const due = states
    .filter((one) => isFree(one, period.nowMs) && isDue(one, period))
    .sort(byLongest)
    .slice(0, wanted.length > room ? 0 : looksMost);
  return { request, look: due };
}

export function isDue(state: CustomerState, { nowMs, everyMs }: Period): boolean {
  // `createdAtMs` is by the clock of the database, which may be ahead.
  if (state.askedAtMs === null && state.notBeforeMs === null) return true;
  const dueMs = dueAtMs(state, everyMs);
  return dueMs !== null && dueMs <= nowMs;
}

const hourMs = 3_600_000;
export const hourOf = (ms: number): number => Math.floor(ms / hourMs) * hourMs;
export const nextHourOf = (ms: number): number => hourOf(ms) + hourMs;

/** Why nothing is scheduled now, in the order in which it is asked. */
export const obstacleKinds = ['stopped', 'person first', 'budget', 'busy'] as const;
/** `untilMs` is null where that is not known. */
export type Obstacle = { kind: (typeof obstacleKinds)[number]; sentence: string; untilMs: number | null };

const busyMs = { first: 15_000, most: 10 * 60_000 };
/** How long the schedule waits until it looks again at a cluster that was too busy `looks` times in a row. */
export const busyPauseMs = (looks: number): number =>
  Math.min(busyMs.most, busyMs.first * 2 ** Math.min(20, looks - 1));
