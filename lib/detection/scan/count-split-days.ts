import { compareDays } from '../changes/audit-model';
import type { Comparable } from '../changes/audit-scan';
import type { Look } from '../changes/model';
import { selectRecorded } from '../changes/sql/audits';
import { daysOfTwoStarts, touchedDays } from '../changes/touched-days';
import { confirm } from '../judge/confirm';
import { readChunk } from '../judge/read-chunk';
import { resolveNames } from '../judge/resolve-names';
import { addCost, type Cost, DetectionSession } from '../judge/session';
import { dayNumber, dayResult, hashesIn } from '../judge/tally';
import type { DayResult } from '../model';
import { chunksOf } from './begin-scan';
import { readRanges, type Work } from './scan-days';

type Counted = { days: DayResult[]; comparable: Comparable };

/**
 * A scan in several chunks counts a conversation whose truth starts in two of them in each. Where days of an audit differ
 * from what is recorded and have such a conversation, they are judged again in one chunk with all that belongs to them,
 * as scans of changes judge them. A day that still differs then is left out of the comparison: a full scan that was cut
 * otherwise may have recorded it. Adds to `cost` what that costs, which is nothing where no day differs.
 */
export async function countSplitDays(work: Work, of: Counted & { look: Look }, cost: Cost): Promise<Counted> {
  const { days, comparable, look } = of;
  if (work.chunks.length < 2 || comparable.days.length === 0) return of;
  const { engine, columns, scope, limits, ctx } = work;
  const { customerId, timeZone } = scope;
  const recorded = await ctx.db.query(selectRecorded, { customerId, days: comparable.days });
  const differing = differingDays(recorded, days, look.atMs);
  if (differing.length === 0) return of;
  const asked = { columns, range: scope, timeZone, customerId };
  const split = await daysOfTwoStarts(engine, { ...asked, days: differing }, limits);
  addCost(cost, split.cost);
  if (split.days.length === 0) return of;
  const whole = await countWhole(work, split.days, cost);
  const corrected = days.map((day) => whole.find((one) => one.day === day.day) ?? day);
  const still = differingDays(recorded, corrected, look.atMs);
  const unsure = new Set(still.filter((day) => split.days.includes(day) || !differing.includes(day)));
  return { days: corrected, comparable: leaveOut(comparable, unsure) };
}

const differingDays = (recorded: readonly DayResult[], found: readonly DayResult[], lookedAtMs: number) =>
  compareDays(recorded, found, lookedAtMs)
    .filter(({ missed }) => missed > 0)
    .map(({ found: { day } }) => day);

const leaveOut = (comparable: Comparable, left: ReadonlySet<string>): Comparable =>
  left.size === 0 || comparable.sentence !== null
    ? comparable
    : { days: comparable.days.filter((day) => !left.has(day)), sentence: null };

/** These days and all that belong to them, judged in one chunk; none where they are too many rows for one. */
async function countWhole(work: Work, days: readonly string[], cost: Cost): Promise<DayResult[]> {
  const { engine, columns, scope, limits, ctx } = work;
  const asked = { columns, range: scope, timeZone: scope.timeZone, days: new Set(days), outside: [], few: false };
  const touched = await touchedDays(engine, asked, limits);
  addCost(cost, touched.cost);
  const asOfMs = ctx.clock.now();
  const part = { columns, scope, days: touched.days, few: false, read: { ...work.read, asOfMs } };
  const { chunkConversations: rowsMax } = ctx.config.detection;
  const cut = await chunksOf(engine, { ...part, rowsMax }, limits);
  addCost(cost, cut.cost);
  const [chunk, ...others] = cut.chunks;
  if (!chunk || others.length > 0) return [];
  const read = await readChunk(engine, { columns, scope: part.read, chunk, ranges: readRanges(part) }, limits);
  addCost(cost, read.cost);
  const { tally } = read;
  const range = { firstDay: dayNumber(scope.fromDay), lastDay: dayNumber(scope.toDay) - 1 };
  const judged = { columns, scope: part.read, chunks: [chunk], verdictsOf: async () => read.verdicts, ...range };
  addCost(cost, (await confirm(engine, judged, tally, limits)).cost);
  const session = new DetectionSession(engine, limits);
  const names = { columns, into: engine.known, ...part.read };
  await engine.clickhouse.again(() => resolveNames(session, names, hashesIn(tally)), limits.signal);
  addCost(cost, session.cost);
  const context = { asOfMs, atLeast: false, ...engine.known };
  return touched.days.map((day) => dayResult(day, tally.get(dayNumber(day)), context));
}
