import type { Context } from '@/lib/context';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import type { Day } from '@/lib/days';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import { count } from '@/lib/words';
import type { DetectionEngine } from '../judge/engine';
import { type Limits, noCost } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import type { DayResult, Scan } from '../model';
import { type Comparable, type Compared, compareDays, whyLeft } from './audit-model';
import { changedDays } from './changed-days';
import { lookAtParts } from './look-at-parts';
import type { Look, ScanAudit } from './model';
import { orWhyNot } from './or-why-not';
import { outsideMost } from './plan-scan';
import { recordMisses } from './record-misses';
import { insertAudit, selectRecorded } from './sql/audits';
import { selectWatchStates } from './sql/looks';
import { touchedDays } from './touched-days';

type Of = {
  customer: Customer;
  tables: CustomerTables;
  columns: DetectionColumns;
  engine: DetectionEngine;
  look: Look & { audited: string[] };
};

/**
 * Leaves out the days that changed until now, while the scan read, of which the record and the scan may both be right. Where that
 * cannot be seen, nothing is compared, and the scan still counts.
 */
export async function comparableDays(ctx: Context, of: Of, limits: Limits): Promise<Omit<Comparable, 'doubts'>> {
  const left = await orWhyNot(daysLeft(ctx, of, limits), limits);
  if (left instanceof AppError) return noneOf(of, `what changed while the scan read cannot be seen: ${left.message}`);
  if (typeof left === 'string') return noneOf(of, left);
  const days = of.look.audited.filter((day) => !left.has(day));
  return { days, left: new Map([...left].filter(([day]) => of.look.audited.includes(day))) };
}

const noneOf = ({ look }: Of, why: string): Omit<Comparable, 'doubts'> => ({
  days: [],
  left: new Map(look.audited.map((day) => [day, why])),
});

/** The days that changed since the scan's look, or why nobody can tell. */
async function daysLeft(ctx: Context, of: Of, limits: Limits): Promise<Map<Day, string> | string> {
  const { look, customer } = of;
  const now = await lookAtParts(ctx, { ...of, fromDay: look.fromDay, toDay: look.toDay });
  const changed = await changedDays(
    ctx,
    of,
    { before: look, now: now.look, gone: now.gone, nowAt: now.nowAt },
    noCost(),
  );
  if ('lost' in changed) return `${changed.lost}, while the scan read`;
  if ('again' in changed) return 'parts were merged faster than they can be read';
  const [state] = await ctx.db.query(selectWatchStates, { customerIds: [customer.id], parts: false });
  const isInside = (day: Day) => day >= look.fromDay && day < look.toDay;
  const turned = Object.entries(state?.turns ?? {}).flatMap(([day, atMs]) => (atMs <= now.look.atMs ? [day] : []));
  const outside = changed.days.filter((day) => !isInside(day));
  if (outside.length > outsideMost)
    return `rows were added on ${count(outside.length, 'day')} outside the range while the scan read`;
  const asked = {
    columns: of.columns,
    range: look,
    timeZone: customer.timeZone,
    days: new Set([...changed.days, ...turned].filter(isInside)),
    outside,
    few: false,
  };
  const { days } = await touchedDays(of.engine, asked, limits);
  return new Map(days.map((day) => [day, 'something changed while the scan read']));
}

/**
 * Compares what a full scan found with what is recorded of the same days, before it is recorded in its place. Publishes
 * the difference and what could not be compared; a miss is kept and announced. The transaction holds the lock of the history.
 */
export async function auditScan(
  ctx: Pick<Context, 'log'>,
  tx: Transaction,
  of: { scan: Pick<Scan, 'id' | 'customerId'>; look: Look; comparable: Comparable; found: readonly DayResult[] },
): Promise<ScanAudit> {
  const { scan, look, comparable, found } = of;
  const { days, doubts } = comparable;
  const recorded = await tx.query(selectRecorded, { customerId: scan.customerId, days });
  const both = compareDays({ days, recorded, found }, look.atMs);
  const left = new Map([...comparable.left, ...both.left]);
  const compared = both.compared.flatMap((one): Compared[] => {
    const doubt = one.missed > 0 ? doubts.get(one.found.day) : undefined;
    if (!doubt) return [one];
    if (one.missed > doubt.upTo) return [{ ...one, missed: one.missed - doubt.upTo }];
    left.set(one.found.day, doubt.why);
    return [];
  });
  const misses = compared.filter(({ missed }) => missed > 0);
  const audit: ScanAudit = {
    scanId: scan.id,
    customerId: scan.customerId,
    atMs: look.atMs,
    days: compared.length,
    daysLeft: left.size,
    conversations: compared.reduce((sum, { found: now }) => sum + now.conversations + now.orphans, 0),
    missed: misses.reduce((sum, { missed }) => sum + missed, 0),
    daysMissed: misses.map(({ found: { day } }) => day).sort(),
    sentence: whyLeft(compared.length, left),
  };
  await tx.query(insertAudit, { ...audit, at: new Date(audit.atMs) });
  await recordMisses(tx, { audit, range: look, compared });
  if (audit.missed > 0) ctx.log.error({ customer: scan.customerId, ...audit }, 'an increment missed something');
  return audit;
}
