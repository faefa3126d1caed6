import type { Day } from '@/lib/days';
import { AppError } from '@/lib/errors';
import { type Comparable, compareDays, type Doubt } from '../changes/audit-model';
import type { Look } from '../changes/model';
import { orWhyNot } from '../changes/or-why-not';
import { selectRecorded, selectRecordedEdges } from '../changes/sql/audits';
import { timesSplit, touchedDays } from '../changes/touched-days';
import { confirm } from '../judge/confirm';
import { readChunk } from '../judge/read-chunk';
import { resolveNames } from '../judge/resolve-names';
import { addCost, type Cost, DetectionSession } from '../judge/session';
import { dayNumber, dayResult, hashesIn } from '../judge/tally';
import type { DayResult } from '../model';
import { chunksOf } from './begin-scan';
import { readRanges, type Work } from './scan-days';

type Counted = { days: DayResult[]; doubts: Comparable['doubts'] };

const mayBeSplit = 'a scan counts a conversation in each chunk that has its truth, which may be all that differs';
const unknownSplit = 'the counts differ, and the chunks of the scan that recorded them are not known any more';
const unseenSplit = (error: AppError) => `the counts differ, and why could not be seen: ${error.message}`;

/**
 * A scan in several chunks counts a conversation whose truth starts in two of them in each. Where days of an audit differ
 * from what is recorded and have such a conversation, they are judged again in one chunk with all that belongs to them,
 * as scans of changes judge them. What still differs is in doubt where the conversations that this scan, or the one that
 * recorded the day, counted in two chunks may be all of it. An engine that fails leaves doubts, and the scan counts. Adds
 * to `cost` what that costs, which is nothing where no day differs.
 */
export async function countSplitDays(
  work: Work,
  { days, look, audited }: { days: DayResult[]; look: Look; audited: Day[] },
  cost: Cost,
): Promise<Counted> {
  const { ctx, limits, scan } = work;
  const { customerId } = scan;
  const recorded = await ctx.db.query(selectRecorded, { customerId, days: audited });
  const differingIn = (found: DayResult[]) =>
    compareDays({ days: audited, recorded, found }, look.atMs)
      .compared.filter(({ missed }) => missed > 0)
      .map(({ found: { day } }) => day);
  const differing = differingIn(days);
  if (differing.length === 0) return { days, doubts: new Map() };
  const warn = (error: AppError) =>
    ctx.log.warn({ err: error, scanId: scan.id }, 'days of an audit that differ could not be judged again');
  const edges = work.chunks.map(({ fromMs }) => fromMs);
  const split = await orWhyNot(timesSplitOn(work, differing, edges, cost), limits);
  if (split instanceof AppError) {
    warn(split);
    return { days, doubts: doubtAll(differing, unseenSplit(split)) };
  }
  const counted = split.size === 0 ? [] : await orWhyNot(countWhole(work, [...split.keys()], cost), limits);
  if (counted instanceof AppError) warn(counted);
  const whole = new Map((counted instanceof AppError ? [] : counted).map((day) => [day.day, day]));
  const corrected = days.map((day) => (split.has(day.day) ? (whole.get(day.day) ?? day) : day));
  const notWhole = new Map([...split].filter(([day]) => !whole.has(day)));
  const doubts = await doubtsOf(work, { days: differingIn(corrected), notWhole }, cost);
  return { days: corrected, doubts };
}

const doubtAll = (days: readonly Day[], why: string): Map<Day, Doubt> =>
  new Map(days.map((day) => [day, { upTo: Number.POSITIVE_INFINITY, why }]));

/** What of these days two chunks may have counted; `notWhole` is what those of this scan did. */
async function doubtsOf(
  work: Work,
  { days, notWhole }: { days: Day[]; notWhole: ReadonlyMap<Day, number> },
  cost: Cost,
): Promise<Map<Day, Doubt>> {
  const { customerId } = work.scan;
  const doubts = new Map<Day, Doubt>();
  const upTo = new Map(notWhole);
  const edgesOf = await work.ctx.db.query(selectRecordedEdges, { customerId, days });
  const known = new Map<string, { edges: number[]; days: Day[] }>();
  for (const { day, edges } of edgesOf) {
    if (edges === null) doubts.set(day, { upTo: Number.POSITIVE_INFINITY, why: unknownSplit });
    else known.set(edges.join(), { edges, days: [...(known.get(edges.join())?.days ?? []), day] });
  }
  for (const cut of known.values()) {
    const split = await orWhyNot(timesSplitOn(work, cut.days, cut.edges, cost), work.limits);
    if (split instanceof AppError)
      for (const [day, doubt] of doubtAll(cut.days, unseenSplit(split))) doubts.set(day, doubt);
    else for (const [day, times] of split) upTo.set(day, (upTo.get(day) ?? 0) + times);
  }
  for (const [day, times] of upTo) if (!doubts.has(day)) doubts.set(day, { upTo: times, why: mayBeSplit });
  return doubts;
}

async function timesSplitOn(work: Work, days: Day[], edges: number[], cost: Cost): Promise<Map<Day, number>> {
  const { engine, columns, scope, limits } = work;
  const asked = { columns, range: scope, timeZone: scope.timeZone, days, edges };
  const found = await timesSplit(engine, asked, limits);
  addCost(cost, found.cost);
  return found.times;
}

/** These days and all that belong to them, judged in one chunk; none where they are too many rows for one. */
async function countWhole(work: Work, days: readonly string[], cost: Cost): Promise<DayResult[]> {
  const { engine, columns, scope, limits, ctx, read: scoped } = work;
  const asked = { columns, range: scope, timeZone: scope.timeZone, days: new Set(days), outside: [], few: false };
  const touched = await touchedDays(engine, asked, limits);
  addCost(cost, touched.cost);
  const part = { columns, scope, days: touched.days, few: false, read: scoped };
  const { chunkConversations: rowsMax } = ctx.config.detection;
  const cut = await chunksOf(engine, { ...part, rowsMax }, limits);
  addCost(cost, cut.cost);
  const [chunk, ...others] = cut.chunks;
  if (!chunk || others.length > 0) return [];
  const read = await readChunk(engine, { columns, scope: scoped, chunk, ranges: readRanges(part) }, limits);
  addCost(cost, read.cost);
  const { tally } = read;
  const range = { firstDay: dayNumber(scope.fromDay), lastDay: dayNumber(scope.toDay) - 1 };
  const judged = { columns, scope: scoped, chunks: [chunk], verdictsOf: async () => read.verdicts, ...range };
  addCost(cost, (await confirm(engine, judged, tally, limits)).cost);
  const session = new DetectionSession(engine, limits);
  const names = { columns, into: engine.known, ...scoped };
  await engine.clickhouse.again(() => resolveNames(session, names, hashesIn(tally)), limits.signal);
  addCost(cost, session.cost);
  const context = { asOfMs: scoped.asOfMs, atLeast: false, ...engine.known };
  return touched.days.map((day) => dayResult(day, tally.get(dayNumber(day)), context));
}
