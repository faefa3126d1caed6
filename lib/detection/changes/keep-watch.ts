import { dayCount } from '@/lib/days';
import type { Transaction } from '@/lib/postgres/client';
import { storedJson } from '@/lib/text';
import type { DayResult, Scan } from '../model';
import { auditIsDue } from './audit-model';
import type { Look, Turns, WatchState } from './model';
import { insertAudit } from './sql/audits';
import { lockWatchState, markTurned, selectOvertaken, upsertChecked, upsertWatchState } from './sql/looks';

type Ended = {
  scan: Pick<Scan, 'id' | 'customerId' | 'fromDay' | 'toDay' | 'cause'>;
  kind: 'full' | 'changes';
  reason: string;
  timeZone: string;
  /** The look before the reading; null where it cannot be relied on. */
  look: Look | null;
  /** The days that were read, and when time by itself changes the answers of these. */
  days: readonly string[];
  found: readonly Pick<DayResult, 'day' | 'asOfMs'>[];
  turns: Turns;
};

/**
 * Moves the watch of the customer on, in the transaction that records the days of a scan. A scan of all the watched range
 * begins it again, one of changes continues it, and after any other its days are read again by the next look.
 */
export async function keepWatch(tx: Transaction, ended: Ended): Promise<void> {
  const { scan, look, kind } = ended;
  const { customerId } = scan;
  const [state] = await tx.query(lockWatchState, { customerId });
  const isRegular = scan.cause === 'schedule' || scan.cause === 'first start';
  const isWatch = kind === 'changes' || isRegular || (look !== null && isOfRange(look, state));
  // NOTE: what belongs to a day may have come between this look and the newer one, which this scan then did not read.
  if (!look || !isWatch || (state && state.look.atMs > look.atMs)) {
    await tx.query(markTurned, { customerId, days: [...ended.days] });
    return;
  }
  const { fromDay, toDay } = look;
  const isNight = kind === 'full' && isRegular;
  if (isNight && state && look.audited === null && auditIsDue(state.auditedAtMs, look.atMs, ended.timeZone))
    await tx.query(insertAudit, {
      scanId: scan.id,
      customerId,
      at: new Date(look.atMs),
      days: 0,
      daysLeft: dayCount(fromDay, toDay),
      conversations: 0,
      missed: 0,
      daysMissed: [],
      sentence: `Everything was counted anew, so nothing could be compared: ${ended.reason}.`,
    });
  const written = await tx.query(upsertWatchState, {
    customerId,
    fromDay,
    toDay,
    lookedAt: new Date(look.atMs),
    auditedAt: new Date(isNight || !state ? look.atMs : state.auditedAtMs),
    look: storedJson({ ...look, audited: null }),
    turns: JSON.stringify(turnsAfter(state, look, ended)),
  });
  // NOTE: of a first state there is no row to lock: a scan of a newer look may have written one meanwhile.
  if (written.length === 0) {
    await tx.query(markTurned, { customerId, days: [...ended.days] });
    return;
  }
  await tx.query(upsertChecked, { customerId, fromDay, toDay, at: new Date(look.atMs) });
  const { found } = ended;
  const overtaken = await tx.query(selectOvertaken, {
    customerId,
    days: found.map(({ day }) => day),
    readAt: found.map(({ asOfMs }) => new Date(asOfMs)),
  });
  if (overtaken.length > 0) await tx.query(markTurned, { customerId, days: overtaken });
}

const isOfRange = (look: Look, state: WatchState | undefined) =>
  state !== undefined && state.fromDay === look.fromDay && state.toDay === look.toDay;

/** What was known of the days that were not read, and the marks that other scans made since this one was planned. */
function turnsAfter(state: WatchState | undefined, look: Look, { days, turns }: Ended): Turns {
  const read = new Set(days);
  const kept = Object.entries(state?.turns ?? {}).filter(
    ([day, atMs]) => day >= look.fromDay && day < look.toDay && (read.has(day) ? -atMs > look.marked : true),
  );
  return { ...turns, ...Object.fromEntries(kept) };
}
