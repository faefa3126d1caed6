import type { Context } from '@/lib/context';
import { auditSentence, lastAudits } from '../changes/last-audits';
import type { ScanAudit } from '../changes/model';
import { customersAtOnce } from '../model';
import { type CustomerState, dueAtMs, hourOf, type LastScan } from './model';
import { obstacleOf, readPressure } from './obstacles';
import { ScheduleQuery } from './query-model';
import { selectStates } from './sql/states';
import { selectCustomerCosts, selectCustomerNames, selectHourCosts, selectRecentScans } from './sql/view';
import {
  type Cost,
  type CustomerShow,
  costKinds,
  fitOf,
  type HourCost,
  isLate,
  noHourCost,
  type ScheduledCustomer,
  type ScheduleView,
  standOf,
} from './view-model';

const rowsOfPage = 20;
const hoursShown = 24;
const hourMs = 3_600_000;

/**
 * What the schedule did, what that cost, what is due, and why something waits: a page of customers and one of scans. It
 * asks Postgres only.
 */
export async function readSchedule(
  ctx: Pick<Context, 'db' | 'clock' | 'config'>,
  query: ScheduleQuery = {},
): Promise<ScheduleView> {
  const wanted = ScheduleQuery.parse(query);
  const {
    scanEveryMs: everyMs,
    scanDays: days,
    scanBudgetMs: budgetMs,
    scanConcurrent: statements,
  } = ctx.config.detection;
  const nowMs = ctx.clock.now();
  const since = new Date(hourOf(nowMs) - (hoursShown - 1) * hourMs);
  const [pressure, rows, names, hours, customerCosts, audits, recent] = await Promise.all([
    readPressure(ctx.db, nowMs),
    ctx.db.query(selectStates),
    ctx.db.query(selectCustomerNames),
    ctx.db.query(selectHourCosts, { since }),
    ctx.db.query(selectCustomerCosts, { since }),
    lastAudits(ctx),
    ctx.db.query(selectRecentScans, { rowsMax: rowsOfPage, offset: wanted.scans * rowsOfPage }),
  ]);
  const period = { nowMs, everyMs };
  const obstacle = obstacleOf(pressure, { nowMs, budgetMs });
  const nameOf = new Map(names.map((one) => [one.id, one.display_name]));
  const costs = new Map(customerCosts.map(({ customerId, cost }) => [customerId, cost]));
  const atOnce = customersAtOnce(statements);
  const customers = inOrder(rows, everyMs).map(
    ({ state, scan }, before): ScheduledCustomer => ({
      customerId: state.customerId,
      displayName: nameOf.get(state.customerId) ?? state.customerId,
      ...standOf(state, { ...period, obstacle, customersAtOnce: atOnce, before, scanStatus: scan?.status ?? null }),
      lookedAtMs: state.lookedAtMs,
      looked: state.looked,
      dueMs: dueAtMs(state, everyMs),
      isLate: isLate(state, period),
      cost: costs.get(state.customerId) ?? noHourCost(),
    }),
  );
  const stands = (stand: ScheduledCustomer['stand']) => customers.filter((one) => one.stand === stand).length;
  const late = customers.filter((one) => one.isLate).map((one) => one.customerId);
  const unread = customers.filter((one) => one.stand === 'back-off').map((one) => one.customerId);
  return {
    everyMs,
    days,
    budgetMs,
    statements,
    obstacle,
    counts: {
      customers: customers.length,
      due: stands('due'),
      waits: stands('waits'),
      scanned: stands('scanned') + stands('looked at'),
      failing: unread.length,
      late: late.length,
    },
    nextDueMs: firstOf(customers.flatMap(({ stand, dueMs }) => (stand === 'later' && dueMs !== null ? [dueMs] : []))),
    fit: fitOf({
      costs,
      customers: customers.map((one) => one.customerId),
      everyMs,
      days,
      budgetMs,
      statements,
      late,
      unread,
    }),
    hours: hoursOf(since.getTime(), hours),
    audits: auditsSince(audits, nowMs - auditedMs),
    customers: pageOf(customers, wanted),
    scans: {
      rows: recent.map(({ scan }) => scan),
      page: { at: wanted.scans, of: Math.ceil((recent[0]?.total ?? 0) / rowsOfPage) },
    },
  };
}

/** Audits are nightly, by each customer's own clock, and may wait for their turn. */
const auditedMs = 26 * hourMs;

function auditsSince(all: readonly ScanAudit[], sinceMs: number): ScheduleView['audits'] {
  const audits = all.filter((one) => one.atMs >= sinceMs);
  const odd = audits.filter((one) => one.missed > 0 || one.sentence !== null);
  return {
    customers: audits.length,
    conversations: audits.reduce((sum, one) => sum + one.conversations, 0),
    missed: audits.reduce((sum, one) => sum + one.missed, 0),
    daysLeft: audits.reduce((sum, one) => sum + one.daysLeft, 0),
    newestAtMs: audits.length === 0 ? null : Math.max(...audits.map((one) => one.atMs)),
    odd: odd
      .toSorted((a, b) => b.missed - a.missed || b.daysLeft - a.daysLeft)
      .slice(0, 10)
      .map((one) => ({ customerId: one.customerId, sentence: auditSentence(one) })),
  };
}

const firstOf = (instants: number[]) => (instants.length === 0 ? null : Math.min(...instants));

/** Those that the schedule takes up first are first: what is under way, then the longest not looked at. */
function inOrder(
  rows: readonly { state: CustomerState; scan: LastScan | null }[],
  everyMs: number,
): { state: CustomerState; scan: LastScan | null }[] {
  const due = ({ state }: { state: CustomerState }) => dueAtMs(state, everyMs) ?? Number.MAX_SAFE_INTEGER;
  return rows.toSorted((a, b) => due(a) - due(b) || (a.state.customerId < b.state.customerId ? -1 : 1));
}

const shown: Record<CustomerShow, (one: ScheduledCustomer) => boolean> = {
  due: ({ stand }) => stand !== 'later' && stand !== 'never again' && stand !== 'back-off',
  late: (one) => one.isLate,
  failing: ({ stand }) => stand === 'back-off',
  all: () => true,
};

function pageOf(
  customers: readonly ScheduledCustomer[],
  { show, q, page }: { show: CustomerShow; q: string; page: number },
) {
  const words = q.toLowerCase();
  const found = customers
    .filter(shown[show])
    .filter((one) => one.customerId.toLowerCase().includes(words) || one.displayName.toLowerCase().includes(words));
  const of = Math.ceil(found.length / rowsOfPage);
  const at = Math.min(page, Math.max(0, of - 1));
  return { rows: found.slice(at * rowsOfPage, (at + 1) * rowsOfPage), total: found.length, page: { at, of } };
}

/** Every hour shown, also those in which nothing ran. */
function hoursOf(
  sinceMs: number,
  found: readonly { hourMs: number; kind: (typeof costKinds)[number]; cost: Cost }[],
): HourCost[] {
  return Array.from({ length: hoursShown }, (_, at) => {
    const hour = sinceMs + at * hourMs;
    const own = new Map(found.filter((one) => one.hourMs === hour).map(({ kind, cost }) => [kind, cost]));
    const [regular, looks, asked] = costKinds.map((kind) => own.get(kind) ?? noHourCost());
    return {
      hourMs: hour,
      'regular scans': regular ?? noHourCost(),
      looks: looks ?? noHourCost(),
      'asked scans': asked ?? noHourCost(),
    };
  });
}
