import type { Context } from '@/lib/context';
import type { Customer, Scope } from '@/lib/customers/model';
import { addDays, type Day, dayStartMs, daysBetween } from '@/lib/days';
import { msOf, stretchesOf } from '../changes/touched-days';
import type { Chunk } from '../judge/chunks';
import type { DetectionEngine } from '../judge/engine';
import type { Limits } from '../judge/session';
import type { DetectionColumns } from '../judge/sql/columns';
import type { ReadScope } from '../judge/sql/read';
import { addTally, dayNumber, dayResult, type Tally } from '../judge/tally';
import type { DayResult, Scan } from '../model';

export type StoredChunk = {
  fromMs: number;
  toMs: number;
  done: boolean;
  asOfMs: number | null;
  atLeast: boolean;
  tally: Tally;
};

/** How a scan began: what it reads, of which range its answers are, and its chunks. `days` is null where it reads all. */
export type Begun = {
  kind: 'full' | 'changes';
  days: Day[] | null;
  reason: string;
  /** Its tables are known to have few rows. */
  few: boolean;
  scope: Scope;
  columns: DetectionColumns;
  read: ReadScope;
  chunks: StoredChunk[];
};

export type Work = Begun & { ctx: Context; scan: Scan; customer: Customer; engine: DetectionEngine; limits: Limits };

/** The days that the scan reads. */
export const readDays = ({ days, scope }: Pick<Begun, 'days' | 'scope'>): Day[] =>
  days ?? daysBetween(scope.fromDay, scope.toDay);

/** The same as ranges of instants, in ms. */
export const readRanges = ({ days, scope }: Pick<Begun, 'days' | 'scope'>): Chunk[] =>
  days === null ? [scope] : stretchesOf(days).map((stretch) => msOf(stretch, scope.timeZone));

/** The parts of a chunk that are read: between the days of a scan of changes may be others. */
export const rangesIn = (work: Begun, { fromMs, toMs }: Chunk): Chunk[] =>
  readRanges(work).flatMap((range) => {
    const within = { fromMs: Math.max(fromMs, range.fromMs), toMs: Math.min(toMs, range.toMs) };
    return within.fromMs < within.toMs ? [within] : [];
  });

/** How much of a day lies in a part, in ms. */
const sharedMs = (day: Chunk, part: Chunk) => Math.min(day.toMs, part.toMs) - Math.max(day.fromMs, part.fromMs);
const edgesOf = ({ timeZone }: Scope, day: Day): Chunk => ({
  fromMs: dayStartMs(day, timeZone),
  toMs: dayStartMs(addDays(day, 1), timeZone),
});

/** The days of which the chunk has a part. */
export const daysOf = (work: Work, chunk: StoredChunk): Day[] =>
  readDays(work).filter((day) => sharedMs(edgesOf(work.scope, day), chunk) > 0);

/** The results of those days of which every chunk is done, and that the chunks cover wholly. */
export function resultsOf(work: Work, { days, tally }: { days: Day[]; tally: Tally }): DayResult[] {
  return days.flatMap((day) => {
    const edges = edgesOf(work.scope, day);
    const parts = work.chunks.filter((chunk) => sharedMs(edges, chunk) > 0);
    const coveredMs = parts.reduce((sum, part) => sum + sharedMs(edges, part), 0);
    if (coveredMs < edges.toMs - edges.fromMs || parts.some((part) => !part.done)) return [];
    const asOfMs = Math.min(...parts.map((part) => part.asOfMs ?? work.read.asOfMs));
    const context = { asOfMs, atLeast: parts.some((part) => part.atLeast), ...work.engine.known };
    return [dayResult(day, tally.get(dayNumber(day)), context)];
  });
}

export function tallyOf(work: Work): Tally {
  const sum: Tally = new Map();
  for (const chunk of work.chunks) addTally(sum, chunk.tally);
  return sum;
}
