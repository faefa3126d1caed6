import type { Context } from '@/lib/context';
import { listCustomers } from '@/lib/customers/list-customers';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import { type Day, dayCount, daysBetween } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { count } from '@/lib/words';
import type { DetectionEngine } from '../judge/engine';
import { addCost, type Cost, type Limits, noCost } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import type { Scan } from '../model';
import { auditDue, auditIsDue } from './audit-model';
import { changedDays } from './changed-days';
import { isOfFewRows, lookAtParts } from './look-at-parts';
import type { Look, ScanPlan, WatchState } from './model';
import { orWhyNot } from './or-why-not';
import { selectWatchStates } from './sql/looks';
import { stretchesMost, stretchesOf, touchedDays } from './touched-days';
import { whyBlind } from './why-blind';

type Of = {
  scan: Pick<Scan, 'fromDay' | 'toDay' | 'cause' | 'fullAsked'>;
  customer: Customer;
  tables: CustomerTables;
  /** Those of the tables, as they were just seen. */
  marks: string[] | null;
  columns: DetectionColumns;
  engine: DetectionEngine;
};

/** How often parts may be merged away between the look at them and the reading of their days. */
const looksMost = 3;

/**
 * Decides, before a scan reads, what it has to read: the days on which something changed since its customer's answers
 * were recorded, or all of its range, and why. The look at the parts is taken first, so that what comes while the scan
 * reads is seen by the next one. Throws what reading the tables throws.
 */
export async function planScan(ctx: Context, of: Of, limits: Limits): Promise<ScanPlan> {
  const { scan, customer } = of;
  const cost = noCost();
  const full = (reason: string, look: Look | null): ScanPlan => ({
    kind: 'full',
    days: null,
    reason,
    look: look && atRange(look, scan),
    few: false,
    cost,
  });
  const sharing = (await listCustomers(ctx)).filter(({ database }) => database === customer.database);
  if (sharing.length > 1) return full('several customers share its database', null);
  const [state] = await ctx.db.query(selectWatchStates, { customerIds: [customer.id], parts: true });
  const isRegular = scan.cause === 'schedule' || scan.cause === 'first start';
  const range = !isRegular && state && isInside(scan, state) ? state : scan;
  for (let looks = 1; ; looks++) {
    const taken = await orWhyNot(lookAtParts(ctx, { ...of, fromDay: range.fromDay, toDay: range.toDay }), limits);
    if (taken instanceof AppError) return full(`the parts of its tables cannot be seen: ${taken.message}`, null);
    const { gone, nowAt } = taken;
    const isKnown = state && state.look.marks.join() === taken.look.marks.join();
    const blind = isKnown ? null : await orWhyNot(whyBlind(ctx, of.tables), limits);
    if (blind instanceof AppError) return full(`its definitions cannot be read: ${blind.message}`, null);
    if (blind) return full(blind, null);
    const look = { ...taken.look, marked: -Math.min(0, ...Object.values(state?.turns ?? {})) };
    if (scan.cause === 'after repair') return full('a repair asked for these days', look);
    if (scan.fullAsked) return full('a full scan was asked for', look);
    if (!state) return full('its days were not counted before', look);
    const whyFull = whyNotFrom(state, look, isRegular);
    if (whyFull) return full(whyFull, look);
    const changed = await orWhyNot(changedDays(ctx, of, { before: state.look, now: look, gone, nowAt }, cost), limits);
    if (changed instanceof AppError) return full(`the days of new parts cannot be read: ${changed.message}`, null);
    if ('again' in changed) {
      if (looks < looksMost) continue;
      return full('parts are merged faster than they can be read', look);
    }
    if ('lost' in changed) return full(changed.lost, look);
    const few = isOfFewRows(ctx, look);
    return planChanges({ ...of, state, look, changed: changed.days, isRegular, cost, few }, limits);
  }
}

const isInside = (inner: { fromDay: Day; toDay: Day }, outer: { fromDay: Day; toDay: Day }) =>
  inner.fromDay >= outer.fromDay && inner.toDay <= outer.toDay;
/** A full scan reads its own range, and no more can be relied on. */
const atRange = (look: Look, { fromDay, toDay }: { fromDay: Day; toDay: Day }): Look => ({ ...look, fromDay, toDay });

/** Why the recorded answers are no ground for this scan, or null. */
function whyNotFrom(state: WatchState, look: Look, isRegular: boolean): string | null {
  if (state.look.rules !== look.rules) return 'the customer’s registry row or the rules changed';
  if (JSON.stringify(state.look.tables) !== JSON.stringify(look.tables)) return 'its tables are others';
  if (state.look.marks.join() !== look.marks.join()) return 'its tables were changed';
  const isKept = isRegular
    ? look.fromDay >= state.fromDay && look.fromDay < state.toDay && look.toDay > state.fromDay
    : isInside(look, state);
  return isKept ? null : 'not all of its days were counted before';
}

/** Of so many days outside the range, conversations are looked up. */
export const outsideMost = 62;

type Changed = Of & {
  state: WatchState;
  look: Look;
  changed: readonly Day[];
  isRegular: boolean;
  cost: Cost;
  few: boolean;
};

async function planChanges(of: Changed, limits: Limits): Promise<ScanPlan> {
  const { state, look, changed, customer } = of;
  const inRange = (day: Day) => day >= look.fromDay && day < look.toDay;
  const turned = Object.entries(state.turns).flatMap(([day, atMs]) => (atMs <= look.atMs ? [day] : []));
  const uncounted = daysBetween(state.toDay, look.toDay);
  const dropped = daysBetween(state.fromDay, state.toDay).filter((day) => !inRange(day));
  const outside = new Set([...changed.filter((day) => !inRange(day)), ...dropped]);
  const named = new Set([...changed, ...turned, ...uncounted].filter(inRange));
  const total = dayCount(look.fromDay, look.toDay);
  const marked = turned.filter((day) => inRange(day) && (state.turns[day] ?? 0) < 0);
  const reason = reasonOf({
    changed,
    marked,
    turned: turned.filter((day) => inRange(day) && !marked.includes(day)),
    uncounted,
  });
  const { cost } = of;
  const all = (why: string, audited: Day[] | null = null): ScanPlan => ({
    kind: 'full',
    days: null,
    reason: why,
    look: { ...atRange(look, of.scan), audited },
    few: false,
    cost,
  });
  if (outside.size > outsideMost) return all(`rows were added on ${count(outside.size, 'day')} outside its range`);
  if (named.size === total) return all(reason);
  const asked = { columns: of.columns, range: look, timeZone: customer.timeZone, days: named, outside, few: of.few };
  const touched = await touchedDays(of.engine, asked, limits);
  addCost(cost, touched.cost);
  if (of.isRegular && auditIsDue(state.auditedAtMs, look.atMs, customer.timeZone)) {
    const read = new Set(touched.days);
    const audited = daysBetween(look.fromDay, look.toDay).filter((day) => day < state.toDay && !read.has(day));
    return all(auditDue, audited);
  }
  const linked = touched.days.length - named.size;
  const also =
    linked > 0 ? `${reason}; conversations of these also have rows on ${count(linked, 'other day')}` : reason;
  const few = of.few && stretchesOf(touched.days).length <= stretchesMost;
  return { kind: 'changes', reason: also, look, days: touched.days, few, cost };
}

type Because = { changed: readonly Day[]; marked: readonly Day[]; turned: readonly Day[]; uncounted: readonly Day[] };

function reasonOf(of: Because): string {
  const parts = [
    of.changed.length > 0 ? `rows were added on ${count(of.changed.length, 'day')}` : '',
    of.marked.length > 0 ? `another scan counted ${count(of.marked.length, 'day')} without what belongs to it` : '',
    of.turned.length > 0 ? `time changes the answer of ${count(of.turned.length, 'day')}` : '',
    of.uncounted.length > 0 ? `${count(of.uncounted.length, 'day')} came into the range` : '',
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'nothing changed';
}
