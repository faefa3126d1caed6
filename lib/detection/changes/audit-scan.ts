import type { Context } from '@/lib/context';
import type { Customer, CustomerTables } from '@/lib/customers/model';
import type { Day } from '@/lib/days';
import { AppError } from '@/lib/errors';
import type { Transaction } from '@/lib/postgres/client';
import type { DetectionEngine } from '../judge/engine';
import { type Limits, noCost } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import type { DayResult, Scan } from '../model';
import { compareDays } from './audit-model';
import { changedDays } from './changed-days';
import { isOfFewRows, lookAtParts } from './look-at-parts';
import type { Look, ScanAudit } from './model';
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

/** The days of an audit that can be compared, or why none can. */
export type Comparable = { days: Day[]; sentence: null } | { days: []; sentence: string };

/**
 * Leaves out the days that changed while the scan read, of which the record and the scan may both be right. Where that
 * cannot be seen, nothing is compared, and the scan still counts.
 */
export async function comparableDays(ctx: Context, of: Of, limits: Limits): Promise<Comparable> {
  return compareAfter(ctx, of, limits).catch((error: unknown): Comparable => {
    limits.signal?.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    return { days: [], sentence: `Nothing could be compared, as the parts cannot be seen: ${error.message}` };
  });
}

async function compareAfter(ctx: Context, of: Of, limits: Limits): Promise<Comparable> {
  const { look, customer } = of;
  const now = await lookAtParts(ctx, { ...of, fromDay: look.fromDay, toDay: look.toDay });
  const changed = await changedDays(
    ctx,
    of,
    { before: look, now: now.look, gone: now.gone, nowAt: now.nowAt },
    noCost(),
  );
  if (!('days' in changed)) {
    const why = 'lost' in changed ? changed.lost : 'parts were merged while they were read';
    return { days: [], sentence: `Nothing could be compared: ${why}, while the scan read.` };
  }
  const [state] = await ctx.db.query(selectWatchStates, { customerIds: [customer.id], parts: false });
  const inRange = changed.days.filter((day) => day >= look.fromDay && day < look.toDay);
  const outside = changed.days.filter((day) => !inRange.includes(day));
  const linked =
    changed.days.length === 0
      ? []
      : (
          await touchedDays(
            of.engine,
            {
              columns: of.columns,
              range: look,
              timeZone: customer.timeZone,
              days: new Set(inRange),
              outside,
              few: isOfFewRows(ctx, now.look),
            },
            limits,
          )
        ).days;
  const left = new Set(linked);
  for (const [day, atMs] of Object.entries(state?.turns ?? {})) if (atMs <= now.look.atMs) left.add(day);
  return { days: look.audited.filter((day) => !left.has(day)), sentence: null };
}

/**
 * Compares what a full scan found with what is recorded of the same days, before it is recorded in its place. Publishes
 * the difference; a miss is kept and announced. The transaction holds the lock of the history.
 */
export async function auditScan(
  ctx: Pick<Context, 'log'>,
  tx: Transaction,
  of: { scan: Pick<Scan, 'id' | 'customerId'>; look: Look; comparable: Comparable; found: readonly DayResult[] },
): Promise<ScanAudit> {
  const { scan, look, comparable, found } = of;
  const recorded = await tx.query(selectRecorded, { customerId: scan.customerId, days: comparable.days });
  const compared = compareDays(recorded, found, look.atMs);
  const misses = compared.filter(({ missed }) => missed > 0);
  const audit: ScanAudit = {
    scanId: scan.id,
    customerId: scan.customerId,
    atMs: look.atMs,
    days: compared.length,
    conversations: compared.reduce((sum, { found: now }) => sum + now.conversations + now.orphans, 0),
    missed: misses.reduce((sum, { missed }) => sum + missed, 0),
    daysMissed: misses.map(({ found: { day } }) => day).sort(),
    sentence: comparable.sentence,
  };
  await tx.query(insertAudit, { ...audit, at: new Date(audit.atMs) });
  await recordMisses(tx, audit, compared);
  if (audit.missed > 0) ctx.log.error({ customer: scan.customerId, ...audit }, 'an increment missed something');
  return audit;
}
