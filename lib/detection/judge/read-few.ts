import { isPassing } from '@/lib/clickhouse/failure';
import { stretchesParams } from '@/lib/customers/sql/scope';
import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import { type ChunkInput, type ChunkResult, readChunk } from './read-chunk';
import { resolveNames } from './resolve-names';
import { addCost, type Cost, DetectionSession, type Limits, noCost } from './session';
import { selectVerdictsOfFew } from './sql/explain';
import { packedWhere, unpackVerdicts } from './sql/packed';
import { addVerdict, dayTally, hashesIn, type Tally } from './tally';
import { type Verdict, verdictBit, verdictClass } from './verdicts';

/**
 * The answer of statements that are made for few rows; null where they fail by themselves, as at a limit of their own, so
 * that the usual ones are asked. Throws what passes, and when `signal` aborts.
 */
export function asFew<T>(engine: DetectionEngine, work: () => Promise<T>, { signal }: Limits): Promise<T | null> {
  return engine.clickhouse.again(work, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (isPassing(error)) throw error;
    engine.log.warn({ err: error }, 'few rows are read as many are');
    return null;
  });
}

type FewInput = ChunkInput & { ranges: readonly Chunk[] };

/**
 * Reads and judges a chunk of few rows in one statement, with the verdicts that `readChunk` has of it. What takes more
 * than one statement is left to `readChunk`: where the order of stored rows decides, a conversation has several truths,
 * or the statement fails by itself, as at a limit of its own. Throws what passes, and when `signal` aborts.
 */
export async function readFew(engine: DetectionEngine, input: FewInput, limits: Limits): Promise<ChunkResult> {
  const cost = noCost();
  const few = await asFew(engine, () => judgeFew(engine, input, limits, cost), limits);
  if (few) return { ...few, cost };
  const read = await readChunk(engine, input, limits);
  addCost(read.cost, cost);
  return read;
}

/** Adds to `cost` what it reads. Null where one statement does not tell. */
async function judgeFew(
  engine: DetectionEngine,
  { columns, scope, chunk, ranges }: FewInput,
  limits: Limits,
  cost: Cost,
): Promise<Omit<ChunkResult, 'cost'> | null> {
  const session = new DetectionSession(engine, limits);
  try {
    const params = { ...scope, ...stretchesParams(ranges) };
    const [found] = await session.read(selectVerdictsOfFew, params, { columns, stretches: ranges.length });
    if (!found || found.ties > 0) return null;
    const tally: Tally = new Map();
    const ids = new Set<bigint>();
    for (const verdict of unpackVerdicts(found.verdicts)) {
      if (ids.has(verdict.id)) return null;
      ids.add(verdict.id);
      if (verdict.bits & verdictBit.own) addVerdict(dayTally(tally, verdict.day), verdict, 1);
    }
    await resolveNames(session, { columns, into: engine.known, ...scope, ...chunk }, hashesIn(tally));
    return { tally, verdicts: packedWhere(found.verdicts, (verdict) => !isSettled(verdict)) };
  } finally {
    addCost(cost, session.cost);
  }
}

/** The conversation is fresh, or open without a label: that is known without a verdict. */
const isSettled = ({ class: of, flags, bits }: Verdict): boolean =>
  (bits & verdictBit.truth) !== 0 &&
  (of === verdictClass.open ? (bits & verdictBit.labels) === 0 : of === verdictClass.judged && flags === 0);
