import { stretchesParams } from '@/lib/customers/sql/scope';
import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import type { ChunkInput, ChunkResult } from './read-chunk';
import { resolveNames } from './resolve-names';
import { DetectionSession, type Limits } from './session';
import { selectVerdictsOfFew } from './sql/explain';
import { packedWhere, unpackVerdicts } from './sql/packed';
import { addVerdict, dayTally, hashesIn, type Tally } from './tally';
import { type Verdict, verdictBit, verdictClass } from './verdicts';

/**
 * Reads and judges a chunk of few rows in one statement, with the verdicts that `readChunk` has of it; null where the
 * order of stored rows decides or a conversation has several truths, which takes more than one statement.
 */
export const readFew = (
  engine: DetectionEngine,
  input: ChunkInput & { ranges: readonly Chunk[] },
  limits: Limits,
): Promise<ChunkResult | null> => engine.clickhouse.again(() => readOnce(engine, input, limits), limits.signal);

async function readOnce(
  engine: DetectionEngine,
  { columns, scope, chunk, ranges }: ChunkInput & { ranges: readonly Chunk[] },
  limits: Limits,
): Promise<ChunkResult | null> {
  const session = new DetectionSession(engine, { ...limits, few: true });
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
  return { tally, verdicts: packedWhere(found.verdicts, (verdict) => !isSettled(verdict)), cost: session.cost };
}

/** The conversation is fresh, or open without a label: that is known without a verdict. */
const isSettled = ({ class: of, flags, bits }: Verdict): boolean =>
  (bits & verdictBit.truth) !== 0 &&
  (of === verdictClass.open ? (bits & verdictBit.labels) === 0 : of === verdictClass.judged && flags === 0);
