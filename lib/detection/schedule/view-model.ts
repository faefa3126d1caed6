import { agree, count, formatNumber, listed } from '@/lib/words';
import type { Scan } from '../model';
import { type CustomerState, dueAtMs, isDue, type Looked, type Obstacle } from './model';

export const costKinds = ['regular scans', 'looks', 'asked scans'] as const;
export type CostKind = (typeof costKinds)[number];

/** What ran in an hour or for a customer. `engineMs` is how long its statements ran on ClickHouse, one thread each. */
export type Cost = { runs: number; statements: number; rowsRead: number; bytesRead: number; engineMs: number };
export type HourCost = { hourMs: number } & Record<CostKind, Cost>;
export const noHourCost = (): Cost => ({ runs: 0, statements: 0, rowsRead: 0, bytesRead: 0, engineMs: 0 });

export const customerShows = ['due', 'late', 'failing', 'all'] as const;
export type CustomerShow = (typeof customerShows)[number];

export const customerStands = ['scanned', 'looked at', 'waits', 'back-off', 'due', 'later', 'never again'] as const;

/** `why` is a sentence where the customer waits although it is due, and where it could not be read. */
export type ScheduledCustomer = {
  customerId: string;
  displayName: string;
  stand: (typeof customerStands)[number];
  why: string | null;
  untilMs: number | null;
  lookedAtMs: number | null;
  looked: Looked | null;
  dueMs: number | null;
  isLate: boolean;
  /** What it cost in the last 24 hours. */
  cost: Cost;
};

/** `daysRead` are those on which something changed; null where it reads all of its range. */
export type RecentScan = Pick<
  Scan,
  | 'id'
  | 'customerId'
  | 'fromDay'
  | 'toDay'
  | 'cause'
  | 'requestedBy'
  | 'status'
  | 'createdAtMs'
  | 'startedAtMs'
  | 'endedAtMs'
  | 'rowsRead'
  | 'bytesRead'
  | 'failure'
  | 'kind'
  | 'reason'
> & { engineMs: number; daysRead: number | null };

export type ScheduleView = {
  everyMs: number;
  days: number;
  budgetMs: number;
  statements: number;
  obstacle: Obstacle | null;
  counts: { customers: number; due: number; waits: number; scanned: number; failing: number; late: number };
  nextDueMs: number | null;
  fit: Fit;
  hours: HourCost[];
  /** The newest audit of each customer in the last 26 hours, together, and those that found something or could not. */
  audits: {
    customers: number;
    conversations: number;
    missed: number;
    /** So many days could not be compared. */
    daysLeft: number;
    newestAtMs: number | null;
    odd: { customerId: string; sentence: string }[];
  };
  customers: { rows: ScheduledCustomer[]; total: number; page: { at: number; of: number } };
  scans: { rows: RecentScan[]; page: { at: number; of: number } };
};

export const obstacleTitles: Record<Obstacle['kind'], string> = {
  stopped: 'Everything is stopped',
  'person first': 'People first',
  budget: 'The budget is spent',
  busy: 'The cluster is busy',
};

/** Whether a customer is due for a whole period already, though it can be read. */
export function isLate(state: CustomerState, period: { nowMs: number; everyMs: number }): boolean {
  const dueMs = dueAtMs(state, period.everyMs);
  return period.everyMs > 0 && state.failures === 0 && dueMs !== null && period.nowMs - dueMs > period.everyMs;
}

type Standing = {
  nowMs: number;
  everyMs: number;
  obstacle: Obstacle | null;
  customersAtOnce: number;
  /** Customers that come before it. */
  before: number;
  scanStatus: Scan['status'] | null;
};

/** What the schedule does with a customer now, and why it waits. */
export function standOf(
  state: CustomerState,
  { nowMs, everyMs, obstacle, customersAtOnce, before, scanStatus }: Standing,
): Pick<ScheduledCustomer, 'stand' | 'why' | 'untilMs'> {
  const held = { why: obstacle?.sentence ?? null, untilMs: obstacle?.untilMs ?? null };
  if (state.scanId !== null && scanStatus === 'running') return { stand: 'scanned', why: null, untilMs: null };
  if (state.scanId !== null)
    return {
      stand: 'waits',
      why: `Its scan waits for a worker; ${count(customersAtOnce, 'customer is', 'customers are')} scanned at a time.`,
      untilMs: null,
    };
  if (state.claimedUntilMs !== null && state.claimedUntilMs > nowMs)
    return { stand: 'looked at', why: null, untilMs: null };
  if (state.wanted)
    return {
      stand: 'waits',
      ...(obstacle
        ? held
        : {
            why: `A scan is decided on, because ${state.wanted.reason}, and waits for a place; ${count(customersAtOnce, 'customer is', 'customers are')} scanned at a time.`,
            untilMs: null,
          }),
    };
  if (state.notBeforeMs !== null && state.notBeforeMs > nowMs && state.failures > 0)
    return {
      stand: 'back-off',
      why: `It could not be read${state.failures > 1 ? ` ${formatNumber(state.failures)} times in a row` : ''}: ${state.failure ?? 'the reason is not known'}`,
      untilMs: state.notBeforeMs,
    };
  if (isDue(state, { nowMs, everyMs }))
    return {
      stand: 'due',
      ...(obstacle
        ? held
        : {
            why: before > 0 ? `${count(before, 'customer was', 'customers were')} not looked at for longer.` : null,
            untilMs: null,
          }),
    };
  return dueAtMs(state, everyMs) === null
    ? { stand: 'never again', why: null, untilMs: null }
    : { stand: 'later', why: null, untilMs: null };
}

/** Whether every customer can be looked at once a period. Engine times are those of a period. */
export type Fit = { fits: boolean | null; sentence: string };

/**
 * Whether a look at each customer, with the scans that follow, fits into a period. `costs` are those of the last 24
 * hours, by look: a customer's mean, or that of all where it has none. `late` are the customers that are late now. What
 * the `unread` ones take, which cannot be read, is not known.
 */
export function fitOf({
  costs,
  customers: registered,
  everyMs,
  days,
  budgetMs,
  statements,
  late,
  unread,
}: {
  costs: ReadonlyMap<string, Cost>;
  customers: readonly string[];
  everyMs: number;
  days: number;
  budgetMs: number;
  statements: number;
  late: readonly string[];
  unread: readonly string[];
}): Fit {
  const customers = registered.filter((id) => !unread.includes(id));
  const all = `${count(customers.length, 'customer')} × ${count(days, 'day')}`;
  if (everyMs === 0)
    return { fits: null, sentence: `Each customer is scanned once, so there is no period to fit into.` };
  const measured = customers.flatMap((id) => {
    const cost = costs.get(id);
    return cost && cost.runs > 0 ? [{ id, ms: cost.engineMs / cost.runs }] : [];
  });
  if (registered.length === 0) return { fits: null, sentence: 'No customer is registered yet.' };
  if (customers.length === 0) return { fits: null, sentence: 'No customer can be read, so nothing is known.' };
  if (measured.length === 0)
    return {
      fits: null,
      sentence: `Whether ${all} fit into their period of ${minutes(everyMs)} is not known: nothing was looked at in the last 24 hours.`,
    };
  const sum = measured.reduce((total, one) => total + one.ms, 0);
  const needMs = (sum / measured.length) * customers.length;
  const roomMs = Math.min(budgetMs * (everyMs / 3_600_000), statements * everyMs);
  const figures = `a look at each and the scans that follow take ${seconds(needMs)} engine seconds of the ${seconds(roomMs)} that the schedule has in a period of ${minutes(everyMs)}`;
  const unmeasured = customers.length - measured.length;
  const guess =
    unmeasured > 0
      ? ` ${count(unmeasured, 'customer was', 'customers were')} not looked at in the last 24 hours and ${agree(unmeasured, 'counts', 'count')} as the mean of the others.`
      : '';
  const large = measured.filter(({ ms }) => ms > roomMs).map(({ id }) => id);
  const alone =
    large.length > 0
      ? ` More than a whole period by ${agree(large.length, 'itself', 'themselves')}: ${listed(large)}.`
      : '';
  const lateNow = late.length > 0 ? ` Late at this moment: ${listed(late)}.` : '';
  const left =
    unread.length > 0
      ? ` What ${count(unread.length, 'other customer takes', 'other customers take')} is not known, since ${agree(unread.length, 'it', 'they')} cannot be read.`
      : '';
  if (needMs <= roomMs)
    return {
      fits: late.length > 0 || large.length > 0 ? false : unread.length > 0 ? null : true,
      sentence: `${all} fit into their period: ${figures}.${guess}${alone}${lateNow}${left}`,
    };
  return {
    fits: false,
    sentence: `${all} do not fit into their period: ${figures}, so each is looked at about every ${minutes((needMs / roomMs) * everyMs)}.${guess}${alone}${lateNow}${left}`,
  };
}

const seconds = (ms: number) => (ms < 10_000 ? String(Math.round(ms / 100) / 10) : formatNumber(ms / 1_000));
/** "every minute", "every 15 minutes"; a period of 0 is "once". */
export const everyWords = (everyMs: number): string =>
  everyMs === 0 ? 'once' : everyMs === 60_000 ? 'every minute' : `every ${minutes(everyMs)}`;

function minutes(ms: number): string {
  if (ms < 120_000 && ms % 60_000 !== 0) return count(Math.round(ms / 1_000), 'second');
  return ms < 90 * 60_000
    ? count(Math.max(1, Math.round(ms / 60_000)), 'minute')
    : `${Math.round(ms / 360_000) / 10} hours`;
}

/** What the audits of the last night came to, without the end of the sentence. */
export const auditsWords = ({ customers, conversations, missed, daysLeft }: ScheduleView['audits']): string =>
  [
    `Looked again at ${count(conversations, 'conversation')} of ${count(customers, 'customer')}, missed ${formatNumber(missed)}`,
    ...(daysLeft > 0 ? [`${count(daysLeft, 'day')} could not be compared`] : []),
  ].join('; ');
