import { keptTables } from '@/lib/customers/kept-tables';
import { requireSameDays } from '@/lib/customers/require-active';
import { stretchesParams } from '@/lib/customers/sql/scope';
import { AppError } from '@/lib/errors';
import { recordDays } from '@/lib/findings/history/record-days';
import { lockHistory } from '@/lib/findings/history/sql/looks';
import type { Comparable } from '../changes/audit-model';
import { auditScan, comparableDays } from '../changes/audit-scan';
import { keepWatch } from '../changes/keep-watch';
import { partsSince } from '../changes/look-at-parts';
import type { Look, Turns } from '../changes/model';
import { selectScanLook } from '../changes/sql/looks';
import { selectTurns } from '../changes/sql/touched';
import { stretchesMost } from '../changes/touched-days';
import { confirm } from '../judge/confirm';
import { resolveNames } from '../judge/resolve-names';
import { addCost, type Cost, DetectionSession } from '../judge/session';
import { dayNumber, dayText, hashesIn } from '../judge/tally';
import type { DayResult } from '../model';
import { countSplitDays } from './count-split-days';
import { truthChangesOfNewlyWrong } from './newly-wrong';
import { readDays, readRanges, resultsOf, tallyOf, type Work } from './scan-days';
import { emptyChunks, selectChunkVerdicts } from './sql/chunks';
import { addScanCost, dropProgress } from './sql/scan-results';
import { markEnded, selectOfAllDays } from './sql/scans';
import { tellScanned } from './tell-scan';

/** After so long a day that hit a limit is tried again, although nothing changed. */
const limitedMs = 3_600_000;

/**
 * Confirms what was seen on one side only, then stores all days and ends the scan in one transaction. Stores nothing of a
 * scan that has ended meanwhile.
 */
export async function endScan(work: Work): Promise<void> {
  const { ctx, scan, customer, scope, columns, read, engine, limits, chunks, kind, reason } = work;
  const tally = tallyOf(work);
  const verdictsOf = async (at: number) =>
    (await ctx.db.query(selectChunkVerdicts, { scanId: scan.id, seq: at }))[0]?.verdicts ?? Buffer.alloc(0);
  const range = { firstDay: dayNumber(scope.fromDay), lastDay: dayNumber(scope.toDay) - 1 };
  const judged = { columns, scope: read, chunks, verdictsOf, few: work.few };
  const confirmed = await confirm(engine, { ...judged, ...range }, tally, limits);
  const { cost } = confirmed;
  const session = new DetectionSession(engine, limits);
  await engine.clickhouse.again(
    () => resolveNames(session, { columns, into: engine.known, ...read }, hashesIn(tally)),
    limits.signal,
  );
  const counted = resultsOf(work, { days: readDays(work), tally });
  const [look = null] = await ctx.db.query(selectScanLook, { scanId: scan.id });
  const turns = look ? await turnsOf(work, session, counted) : {};
  for (const { day, atMs } of confirmed.turnsOutside) takeEarlier(turns, dayText(day), atMs);
  const { days, comparable } = await audited(work, look, counted, cost);
  addCost(cost, session.cost);
  const { id: scanId, customerId } = scan;
  const newlyWrong = { ...judged, moved: confirmed.moved, customerId, days };
  const { changes: truthChanges, cost: added } = await truthChangesOfNewlyWrong(ctx, engine, newlyWrong, limits);
  addCost(cost, added);
  limits.signal?.throwIfAborted();
  const watchedLook = look && (await withDuring(work, look));
  const nowMs = ctx.clock.now();
  await ctx.db.transaction(async (tx) => {
    const [ended] = await tx.query(markEnded, { id: scanId, status: 'succeeded', failure: null, atLeast: false });
    // NOTE: another worker ended it, and emptied its chunks, so what was confirmed here may be of nothing.
    if (!ended) return;
    await requireSameDays(tx, customer);
    await tx.query(addScanCost, { scanId, asOf: new Date(nowMs), runs: 1, ...cost });
    await tx.query(emptyChunks, { scanId });
    await tx.query(lockHistory);
    if (look && comparable) await auditScan(ctx, tx, { scan, look, comparable, found: days });
    await recordDays(tx, { scanId, customerId, days, atMs: nowMs, truthChanges });
    const watched = {
      scan,
      kind,
      reason,
      timeZone: customer.timeZone,
      look: watchedLook,
      days: readDays(work),
      found: days,
      turns,
    };
    await keepWatch(tx, watched);
    await tx.query(dropProgress, { customerId });
    if ((await tx.query(selectOfAllDays, { id: scanId }))[0]) await tellScanned(tx, customerId);
  });
}

function takeEarlier(turns: Turns, day: string, atMs: number): void {
  turns[day] = Math.min(turns[day] ?? Number.POSITIVE_INFINITY, atMs);
}

/** The look with the parts that came while the scan read; null where nobody can tell which these are. */
async function withDuring({ ctx, limits }: Work, look: Look): Promise<Look | null> {
  try {
    return { ...look, during: await partsSince(ctx, look) };
  } catch (error) {
    limits.signal?.throwIfAborted();
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** The days with those that an audit judged again, and which of them are compared; null where the scan is no audit. */
async function audited(
  work: Work,
  look: Look | null,
  days: DayResult[],
  cost: Cost,
): Promise<{ days: DayResult[]; comparable: Comparable | null }> {
  if (!look?.audited) return { days, comparable: null };
  const { ctx, customer, columns, engine, limits } = work;
  const tables = await keptTables(ctx, customer);
  const of = { customer, tables, columns, engine, look: { ...look, audited: look.audited } };
  const counted = await countSplitDays(work, { days, look, audited: look.audited }, cost);
  // NOTE: last, so that what came while days were counted again is seen too.
  const comparable = await comparableDays(ctx, of, limits);
  return { days: counted.days, comparable: { ...comparable, doubts: counted.doubts } };
}

/** When time by itself changes the answers of the days that were read, from the first instant at which one was judged. */
async function turnsOf(work: Work, session: DetectionSession, days: readonly DayResult[]): Promise<Turns> {
  const { read, columns, scope, engine, limits } = work;
  const asOfMs = Math.min(read.asOfMs, ...days.map((day) => day.asOfMs));
  const turns: Turns = {};
  const all = readRanges(work);
  for (let at = 0; at < all.length; at += stretchesMost) {
    const ranges = all.slice(at, at + stretchesMost);
    const params = { ...stretchesParams(ranges), timeZone: scope.timeZone, asOfMs, marginMs: read.marginMs };
    const found = await engine.clickhouse.again(
      () => session.read(selectTurns, params, { columns, stretches: ranges.length }),
      limits.signal,
    );
    for (const { day, atMs } of found) turns[dayText(day)] = atMs;
  }
  for (const { day, atLeast } of days) if (atLeast) takeEarlier(turns, day, asOfMs + limitedMs);
  return turns;
}
