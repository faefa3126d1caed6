import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import { resolveNames } from './resolve-names';
import { type Cost, DetectionSession, type Limits } from './session';
import { settleTies } from './settle-ties';
import type { DetectionColumns } from './sql/columns';
import { selectVerdicts } from './sql/explain';
import { unpackVerdicts } from './sql/packed';
import {
  candidateTable,
  createCandidates,
  createRows,
  insertRows,
  type ReadScope,
  rowTable,
  selectRepeats,
  selectSettledDays,
} from './sql/read';
import { tieTable } from './sql/ties';
import { addVerdict, dayTally, hashesIn, type Tally } from './tally';
import { verdictBit } from './verdicts';

/** The counts of one chunk and the verdicts of its candidates, packed as `sql/packed.ts` has them. */
export type ChunkResult = { tally: Tally; verdicts: Buffer; cost: Cost };

/**
 * Reads one chunk of both tables once and judges it: screen, explain, count. ClickHouse holds the chunk's rows as
 * numbers in memory, about 70 bytes each. Throws AppError('limit') when a limit was hit.
 */
export const readChunk = (engine: DetectionEngine, input: ChunkInput, limits: Limits): Promise<ChunkResult> =>
  engine.clickhouse.again(() => readOnce(engine, input, limits), limits.signal);

/** `ranges`: the parts of the chunk that are read, where that is not all of it. */
export type ChunkInput = { columns: DetectionColumns; scope: ReadScope; chunk: Chunk; ranges?: readonly Chunk[] };

async function readOnce(engine: DetectionEngine, input: ChunkInput, limits: Limits): Promise<ChunkResult> {
  const { columns } = input;
  // The chunk of a scan has an instant of its own, which is null until the chunk is done.
  const { fromMs, toMs } = input.chunk;
  const scope = { ...input.scope, fromMs, toMs };
  const session = new DetectionSession(engine, limits);
  try {
    await session.run(createRows, {}, columns);
    for (const range of input.ranges ?? [input.chunk])
      await session.run(insertRows, { ...scope, fromMs: range.fromMs, toMs: range.toMs }, columns);
    await session.run(createCandidates, {}, columns);
    const tally: Tally = new Map();
    for (const row of await session.read(selectSettledDays, {}, undefined)) {
      const { counts } = dayTally(tally, row.day);
      counts.conversations += row.conversations;
      counts.open += row.open;
    }
    const [found] = await session.read(selectRepeats, {}, undefined);
    if (found?.candidates === 0) return { tally, verdicts: Buffer.alloc(0), cost: session.cost };
    const unnumbered = { ...scope, edges: [], withinFromMs: 0, withinToMs: 0 };
    if (found && found.repeated > 0) await settleTies(session, { columns, scope: unnumbered, whereRead: 'chunk' });
    const oneTruth = found?.ofTwoProfiles === 0;
    const [verdicts = Buffer.alloc(0)] = await session.read(selectVerdicts, {}, { columns, oneTruth });
    for (const verdict of unpackVerdicts(verdicts))
      if (verdict.bits & verdictBit.own) addVerdict(dayTally(tally, verdict.day), verdict, 1);
    await resolveNames(session, { columns, into: engine.known, ...scope }, hashesIn(tally));
    return { tally, verdicts, cost: session.cost };
  } finally {
    await session.close([rowTable, candidateTable, tieTable]);
  }
}
