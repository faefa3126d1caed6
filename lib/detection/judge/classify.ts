import type { Scope } from '@/lib/customers/model';
import { daysBetween } from '@/lib/days';
import type { DayResult, Provenance } from '../model';
import type { Chunk } from './chunks';
import { type Confirmed, confirm, isCounted } from './confirm';
import type { DetectionEngine } from './engine';
import { inLanes } from './lanes';
import { type ChunkResult, readChunk } from './read-chunk';
import { surveyChunks } from './read-scope';
import { addCost, isLimit, type Limits, noCost } from './session';
import type { DetectionColumns } from './sql/columns';
import { unpackVerdicts } from './sql/packed';
import type { ReadScope } from './sql/read';
import { addTally, dayNumber, dayResult, type Tally } from './tally';
import { type Verdict, verdictBit } from './verdicts';

export type ClassifyInput = {
  columns: DetectionColumns;
  scope: Scope;
  read: ReadScope;
  /** Rows of the larger side in one chunk. */
  chunkRows: number;
  /** Reads the scope, which is small, as one chunk. */
  oneChunk?: boolean;
  /** How many chunks are read at once. */
  atOnce?: number;
  /**
   * How far the confirm looks: the first of these that the limits allow. "nowhere" leaves what was seen on one side only
   * as it was seen. Without this it looks everywhere.
   */
  reaches?: readonly Reach[];
  /** The limits of the confirm, where they differ. */
  confirmLimits?: Limits;
};

export type Reach = 'everywhere' | { fromMs: number; toMs: number } | 'nowhere';

export type Classified = {
  days: DayResult[];
  provenance: Provenance;
  reached: Reach;
  /** Open conversations with a label, by day. */
  openLabelled: Map<string, number>;
  /** All conversations of the scope, except those that are certainly fresh, or open without a label. */
  verdicts(): Generator<Verdict>;
};

/**
 * Judges every conversation of a scope in chunks, two at a time, and confirms what was seen on one side only. It stores
 * nothing. Throws AppError('limit') where a limit was hit and AppError('unavailable') where ClickHouse does not answer.
 */
export async function classify(engine: DetectionEngine, input: ClassifyInput, limits: Limits): Promise<Classified> {
  const { columns, read, scope } = input;
  const startedAt = performance.now();
  const cost = noCost();
  let chunks = [{ fromMs: read.fromMs, toMs: read.toMs }];
  if (!input.oneChunk) {
    const survey = await surveyChunks(engine, { columns, scope: read, rowsMax: input.chunkRows }, limits);
    chunks = survey.chunks;
    addCost(cost, survey.cost);
  }
  const results: ChunkResult[] = [];
  const readOne = async (chunk: Chunk, at: number) => {
    results[at] = await readChunk(engine, { columns, scope: read, chunk }, limits);
    limits.onChunk?.(Object.keys(results).length, chunks.length);
  };
  await inLanes(chunks, readOne, input.atOnce);
  const tally: Tally = new Map();
  for (const result of results) {
    addTally(tally, result.tally);
    addCost(cost, result.cost);
  }
  const confirmInput = {
    columns,
    scope: read,
    chunks,
    verdictsOf: async (at: number) => (results[at] as ChunkResult).verdicts,
    firstDay: dayNumber(scope.fromDay),
    lastDay: dayNumber(scope.toDay) - 1,
  };
  const { found: confirmed, reached } = await asFarAsAllowed(input.reaches ?? ['everywhere'], async (reach) => {
    if (reach === 'nowhere') return unconfirmed();
    const within = reach === 'everywhere' ? undefined : reach;
    return confirm(engine, { ...confirmInput, within }, tally, input.confirmLimits ?? limits);
  });
  addCost(cost, confirmed.cost);
  const days = daysBetween(scope.fromDay, scope.toDay);
  const context = { asOfMs: read.asOfMs, atLeast: false, ...engine.known };
  return {
    days: days.map((day) => dayResult(day, tally.get(dayNumber(day)), context)),
    reached,
    provenance: { asOfMs: read.asOfMs, ...cost, elapsedMs: performance.now() - startedAt },
    openLabelled: new Map(days.map((day) => [day, tally.get(dayNumber(day))?.openLabelled ?? 0])),
    verdicts: () => allVerdicts(results, confirmed, confirmInput),
  };
}

/** Looks as far as the limits allow: tries each reach in turn. Throws AppError('limit') where even the last hits one. */
export async function asFarAsAllowed<T>(
  reaches: readonly Reach[],
  look: (reach: Reach) => Promise<T>,
): Promise<{ found: T; reached: Reach }> {
  for (const [at, reached] of reaches.entries())
    try {
      return { found: await look(reached), reached };
    } catch (error) {
      if (!isLimit(error) || at === reaches.length - 1) throw error;
    }
  throw new Error('nowhere to look');
}

const unconfirmed = (): Confirmed => ({ moved: new Map(), turnsOutside: [], cost: noCost() });

function* allVerdicts(
  results: readonly ChunkResult[],
  { moved }: Confirmed,
  days: { firstDay: number; lastDay: number },
): Generator<Verdict> {
  for (const { verdicts } of results)
    for (const verdict of unpackVerdicts(verdicts))
      if (verdict.bits & verdictBit.own && !moved.has(verdict.id)) yield verdict;
  for (const verdict of [...moved.values()].flat()) if (isCounted(days, verdict)) yield verdict;
}
