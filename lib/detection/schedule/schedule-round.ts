import { isPassing } from '@/lib/clickhouse/failure';
import { sentenceOf } from '@/lib/clickhouse/translate';
import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer } from '@/lib/customers/model';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import { customersAtOnce } from '../model';
import { scanQueue } from '../scan/queue';
import { requestScanFor } from '../scan/request-scan';
import { lookForWork, whyBusy } from './look-for-work';
import { afterFound, afterScan, type CustomerState, type Decision, decide, type Found } from './model';
import { noteCluster, obstacleOf, readPressure } from './obstacles';
import { lockSchedule, markDecided, type Pressure, saveStates, selectStates, tryLockSchedule } from './sql/states';

/** For how long a worker may look at customers before another one takes them up. */
const claimMs = 3 * 60_000;
/** Customers of one look. */
const looksMost = 100;
/** Regular scans that may wait in the queue for each that may run, so that no worker waits for the next round. */
const aheadOfEach = 1;

/** For how long a cluster that was found not to be busy counts as that. */
const freeMs = 10_000;
/** When this process last found the cluster free. */
const foundFree = new WeakMap<Context['db'], number>();

/** `more`: there is work that the next round should take up at once. */
export type Round = { requested: number; looked: number; more: boolean };
const nothing: Round = { requested: 0, looked: 0, more: false };

/**
 * One round of the schedule: requests wanted scans as far as there is room, and looks at who is due, where the cluster is
 * not busy. Any number of workers may call it; one decides at a time, and what it decided on is claimed.
 */
export async function scheduleRound(ctx: Context, signal: AbortSignal): Promise<Round> {
  const boss = await scanQueue(ctx);
  const decide = () =>
    ctx.db.transaction(async (tx) => {
      const [lock] = await tx.query(tryLockSchedule);
      return lock?.ours ? decideNow({ ...ctx, queue: async () => boss }, tx) : null;
    });
  let decided = await decide();
  if (decided?.ask && (await isFree(ctx, decided.ask, decided.pressure, signal))) decided = await decide();
  if (!decided || decided.ask) return nothing;
  const { look, requested, pressure, more } = decided;
  if (look.length === 0) return { requested, looked: 0, more };
  const found = await lookAtClaimed(ctx, look, pressure, signal);
  await ctx.db.transaction((tx) => record(ctx, tx, look, found ?? []));
  return { requested, looked: found?.length ?? 0, more: more || found !== null };
}

/** `ask`: there is something to do for these, and nobody knows whether the cluster is free for it. */
type Decided = {
  look: CustomerState[];
  requested: number;
  pressure: Pressure;
  more: boolean;
  ask: CustomerState[] | null;
};

async function decideNow(ctx: Context, tx: Transaction): Promise<Decided> {
  const { scanEveryMs: everyMs, scanBudgetMs: budgetMs, scanConcurrent } = ctx.config.detection;
  const nowMs = ctx.clock.now();
  const period = { nowMs, everyMs };
  const pressure = await readPressure(tx, nowMs);
  const rows = await tx.query(selectStates);
  const ended = rows.flatMap(({ state, scan }) =>
    state.scanId === null ? [] : (afterScan(state, scan, period) ?? []),
  );
  const known = new Map(rows.map(({ state }) => [state.customerId, state]));
  for (const state of ended) known.set(state.customerId, state);
  const states = [...known.values()];
  const room = customersAtOnce(scanConcurrent) * (1 + aheadOfEach) - states.filter((one) => one.scanId !== null).length;
  const obstacle = obstacleOf(pressure, { nowMs, budgetMs });
  const work: Decision = obstacle ? { request: [], look: [] } : decide(states, { ...period, room, looksMost });
  const candidates = [...work.request, ...work.look];
  const isAsked = candidates.length > 0 && Math.abs(nowMs - (foundFree.get(ctx.db) ?? 0)) >= freeMs;
  const { request, look } = isAsked ? { request: [], look: [] } : work;
  const requested: CustomerState[] = [];
  for (const state of request) requested.push(await requestOf(ctx, tx, state, nowMs));
  const claimed = look.map((state) => ({ ...state, claimedUntilMs: nowMs + claimMs }));
  await save(tx, [...ended.filter((one) => !request.includes(one) && !look.includes(one)), ...requested, ...claimed]);
  if (requested.length + claimed.length > 0) await tx.query(markDecided, { at: new Date(nowMs) });
  const more = !obstacle && states.some((one) => one.wanted !== null);
  return { look: claimed, requested: requested.length, pressure, more, ask: isAsked ? candidates : null };
}

/** Whether the cluster may be read now. If not, or where it does not answer, that is noted. */
async function isFree(
  ctx: Context,
  candidates: readonly CustomerState[],
  pressure: Pressure,
  signal: AbortSignal,
): Promise<boolean> {
  const why = await whyBusy(ctx, await registered(ctx, candidates)).catch((error) => {
    if (signal.aborted || !isPassing(error)) throw error;
    return sentenceOf(error);
  });
  await noteCluster(ctx, pressure, why);
  if (why === null) foundFree.set(ctx.db, ctx.clock.now());
  return why === null;
}

async function registered(ctx: Context, states: readonly CustomerState[]): Promise<Customer[]> {
  const known = new Map((await listCustomers(ctx)).map((customer) => [customer.id, customer]));
  return states.flatMap(({ customerId }): Customer | Customer[] => known.get(customerId) ?? []);
}

async function requestOf(ctx: Context, tx: Transaction, state: CustomerState, nowMs: number): Promise<CustomerState> {
  if (!state.wanted) throw new Error(`${state.customerId} wants no scan`);
  const { cause, fromDay, toDay } = state.wanted;
  const request = { customerId: state.customerId, fromDay, toDay, cause, requestedBy: 'schedule' };
  const { scanId } = await requestScanFor(ctx, request, tx);
  return { ...state, wanted: null, scanId, askedAtMs: nowMs };
}

/** What a look found; null where ClickHouse did not answer, which is noted, or `signal` aborted. */
async function lookAtClaimed(
  ctx: Context,
  claimed: readonly CustomerState[],
  pressure: Pressure,
  signal: AbortSignal,
): Promise<Found[] | null> {
  try {
    const watchedTo = new Map(claimed.map((one) => [one.customerId, one.watchedTo]));
    const customers = await registered(ctx, claimed);
    const due = customers.map((customer) => ({ customer, watchedTo: watchedTo.get(customer.id) ?? null }));
    return await lookForWork(ctx, due, signal);
  } catch (error) {
    if (!signal.aborted && !isPassing(error)) throw error;
    if (!signal.aborted) await noteCluster(ctx, pressure, sentenceOf(error));
    return null;
  }
}

/** Writes what was found about the customers that are still claimed by this round, and lets go of the others. */
async function record(
  ctx: Context,
  tx: Transaction,
  claimed: readonly CustomerState[],
  found: readonly Found[],
): Promise<void> {
  await tx.query(lockSchedule);
  const period = { nowMs: ctx.clock.now(), everyMs: ctx.config.detection.scanEveryMs };
  const claims = new Map(claimed.map((one) => [one.customerId, one.claimedUntilMs]));
  const results = new Map(found.map((one) => [one.customerId, one]));
  const rows = await tx.query(selectStates);
  const changed = rows
    .map(({ state }) => state)
    .filter(({ customerId, claimedUntilMs }) => claims.has(customerId) && claims.get(customerId) === claimedUntilMs)
    .map((state) => afterFound({ ...state, claimedUntilMs: null }, results.get(state.customerId), period));
  await save(tx, changed);
}

async function save(tx: Transaction, states: readonly CustomerState[]): Promise<void> {
  if (states.length > 0) await tx.query(saveStates, { states: storedJson(states) });
}
