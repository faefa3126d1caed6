import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import { resolveNames } from './resolve-names';
import { type Cost, DetectionSession, type Limits } from './session';
import { settleTies } from './settle-ties';
import type { DetectionNames } from './sql/columns';
import { selectVerdicts } from './sql/explain';
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
import { count, dayTally, hashesIn, type Tally } from './tally';
import { unpackVerdicts, verdictBit } from './verdicts';

/** What one chunk came to. `verdicts` are the candidates' verdicts, packed as `verdicts.ts` reads them. */
export type ChunkResult = { tally: Tally; verdicts: Buffer; cost: Cost };

/**
 * Reads one chunk of both tables once and judges it: screen, explain, count. Memory is the chunk's rows in numbers
 * (about 70 bytes each) on the engine's side. Throws AppError('limit') when a limit was hit.
 */
export const readChunk = (engine: DetectionEngine, input: ChunkInput, limits: Limits): Promise<ChunkResult> =>
  engine.clickhouse.again(() => readOnce(engine, input, limits), limits.signal);

type ChunkInput = { names: DetectionNames; scope: ReadScope; chunk: Chunk };

async function readOnce(engine: DetectionEngine, input: ChunkInput, limits: Limits): Promise<ChunkResult> {
  const { names } = input;
  const scope = { ...input.scope, fromMs: input.chunk.fromMs, lastMs: input.chunk.toMs - 1 };
  const session = new DetectionSession(engine, limits);
  try {
    await session.run(createRows, {}, names);
    await session.run(insertRows, scope, names);
    await session.run(createCandidates, {}, names);
    const tally: Tally = new Map();
    for (const row of await session.read(selectSettledDays, {}, undefined)) {
      const { counts } = dayTally(tally, row.d);
      counts.conversations += row.conversations;
      counts.open += row.open;
    }
    const [found] = await session.read(selectRepeats, {}, undefined);
    const unnumbered = { ...scope, edges: [], withinFromMs: 0, withinLastMs: 0 };
    if (found && found.repeated > 0) await settleTies(session, { names, scope: unnumbered, reach: 'chunk' });
    const [answer] = await session.read(selectVerdicts, {}, { names, oneTruth: found?.many === 0 });
    const verdicts = Buffer.from(answer?.verdicts ?? '', 'base64');
    for (const verdict of unpackVerdicts(verdicts))
      if (verdict.bits & verdictBit.own) count(dayTally(tally, verdict.day), verdict, 1);
    await resolveNames(session, { names, into: engine.known, ...scope }, hashesIn(tally));
    return { tally, verdicts, cost: session.cost };
  } finally {
    await session.close([rowTable, candidateTable, tieTable]);
  }
}
