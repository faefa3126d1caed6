import type { Scope } from '@/lib/customers/model';
import { daysBetween } from '@/lib/days';
import type { Chunk } from './chunks';
import { type Confirmed, confirm, isCounted } from './confirm';
import type { DetectionEngine } from './engine';
import { inLanes } from './lanes';
import type { DayResult, Provenance } from './model';
import { type ChunkResult, readChunk } from './read-chunk';
import { surveyChunks } from './read-scope';
import { addCost, type Limits, noCost } from './session';
import type { DetectionNames } from './sql/columns';
import type { ReadScope } from './sql/read';
import { addTally, dayNumber, dayResult, type Tally } from './tally';
import { unpackVerdicts, type Verdict, verdictBit } from './verdicts';

export type ClassifyInput = {
  names: DetectionNames;
  scope: Scope;
  read: ReadScope;
  /** Rows of the larger side in one chunk. */
  chunkRows: number;
  /** One chunk, without asking for the rows of each date first: for a day. */
  oneChunk?: boolean;
  /** Chunks at the same time. */
  atOnce?: number;
  within?: { fromMs: number; lastMs: number };
};

export type Classified = {
  days: DayResult[];
  provenance: Provenance;
  /** Open conversations with a label, by day. */
  openLabelled: Map<string, number>;
  /** Every conversation of the scope that is not simply fresh, or open without a label. */
  verdicts(): Generator<Verdict>;
};

/**
 * Judges every conversation of a scope, in chunks, two at a time, and confirms what was seen on one side only.
 * Nothing is stored. Throws AppError('limit') when a limit was hit, AppError('unavailable') without an engine.
 */
export async function classify(engine: DetectionEngine, input: ClassifyInput, limits: Limits): Promise<Classified> {
  const { names, read, scope } = input;
  const startedAt = performance.now();
  const cost = noCost();
  let chunks = [{ fromMs: read.fromMs, toMs: read.lastMs + 1 }];
  if (!input.oneChunk) {
    const survey = await surveyChunks(engine, { names, scope: read, rowsMax: input.chunkRows }, limits);
    chunks = survey.chunks;
    addCost(cost, survey.cost);
  }
  const results: ChunkResult[] = [];
  const readOne = async (chunk: Chunk, at: number) => {
    results[at] = await readChunk(engine, { names, scope: read, chunk }, limits);
  };
  await inLanes(chunks, readOne, input.atOnce);
  const tally: Tally = new Map();
  for (const result of results) {
    addTally(tally, result.tally);
    addCost(cost, result.cost);
  }
  const confirmInput = {
    names,
    scope: read,
    chunks,
    verdictsOf: async (at: number) => (results[at] as ChunkResult).verdicts,
    firstDay: dayNumber(scope.fromDay),
    lastDay: dayNumber(scope.toDay) - 1,
    within: input.within,
  };
  const confirmed = await confirm(engine, confirmInput, tally, limits);
  addCost(cost, confirmed.cost);
  const days = daysBetween(scope.fromDay, scope.toDay);
  const context = { asOfMs: read.asOfMs, atLeast: false, ...engine.known };
  return {
    days: days.map((day) => dayResult(day, tally.get(dayNumber(day)), context)),
    provenance: { asOfMs: read.asOfMs, ...cost, elapsedMs: performance.now() - startedAt },
    openLabelled: new Map(days.map((day) => [day, tally.get(dayNumber(day))?.openLabelled ?? 0])),
    verdicts: () => allVerdicts(results, confirmed, confirmInput),
  };
}

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
