import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import { resolveNames } from './resolve-names';
import { type Cost, DetectionSession, type Limits } from './session';
import type { DetectionNames } from './sql/columns';
import { createVerdicts, selectBreakdowns, selectVerdictCounts, selectVerdicts, verdictTable } from './sql/explain';
import {
  candidateTable,
  createCandidates,
  createRows,
  insertRows,
  type ReadScope,
  rowTable,
  selectSettledDays,
} from './sql/read';
import { count, dayTally, hashesIn, share, type Tally } from './tally';

/** What one chunk came to. `verdicts` are the candidates' verdicts, packed as `verdicts.ts` reads them. */
export type ChunkResult = { tally: Tally; verdicts: Buffer; cost: Cost };

/**
 * Reads one chunk of both tables once and judges it: screen, explain, count. Memory is the chunk's rows in numbers
 * (about 70 bytes each) on the engine's side. Throws AppError('limit') when a limit was hit.
 */
export async function readChunk(
  engine: DetectionEngine,
  input: { names: DetectionNames; scope: ReadScope; chunk: Chunk },
  limits: Limits,
): Promise<ChunkResult> {
  const { names } = input;
  const scope = { ...input.scope, fromMs: input.chunk.fromMs, lastMs: input.chunk.toMs - 1 };
  const session = new DetectionSession(engine, limits);
  try {
    await session.run(createRows, {}, names);
    await session.run(insertRows, scope, names);
    await session.run(createCandidates, {}, names);
    await session.run(createVerdicts, {}, { names, source: 'candidates' });
    const tally: Tally = new Map();
    for (const row of await session.read(selectSettledDays, {}, undefined)) {
      const { counts } = dayTally(tally, row.d);
      counts.conversations += row.conversations;
      counts.open += row.open;
    }
    for (const row of await session.read(selectVerdictCounts, {}, undefined))
      count(dayTally(tally, row.day), row, row.conversations);
    for (const row of await session.read(selectBreakdowns, {}, undefined)) {
      const day = dayTally(tally, row.day);
      share(row.by === 'agent' ? day.agents : day.useCases, row.key, [row.affected, row.stale, row.duplicates]);
    }
    const [packed] = await session.read(selectVerdicts, {}, undefined);
    await resolveNames(session, { names, into: engine.known, ...scope }, hashesIn(tally));
    return { tally, verdicts: Buffer.from(packed?.verdicts ?? '', 'base64'), cost: session.cost };
  } finally {
    await session.close([rowTable, candidateTable, verdictTable]);
  }
}
