import type { z } from 'zod';
import type { Chunk } from './chunks';
import type { DetectionEngine } from './engine';
import { resolveNames } from './resolve-names';
import { type Cost, DetectionSession, type Limits } from './session';
import { settleTies } from './settle-ties';
import { askedTable, createAsked, insertAsked } from './sql/asked';
import type { DetectionColumns } from './sql/columns';
import {
  type ConfirmScope,
  countRowsOutside,
  createMoved,
  insertFoundRows,
  selectSeenTruth,
  selectTurnsOutside,
} from './sql/confirm';
import { selectVerdicts } from './sql/explain';
import { packHashes, unpackVerdicts } from './sql/packed';
import { candidateTable, createRows, type ReadScope, rowTable } from './sql/read';
import { tieTable } from './sql/ties';
import { addVerdict, dayTally, type Tally } from './tally';
import { isUnmatched, type Verdict, verdictBit, verdictClass } from './verdicts';

export type ConfirmInput = {
  columns: DetectionColumns;
  scope: ReadScope;
  chunks: readonly Chunk[];
  /** The packed verdicts of a chunk. It is called up to twice for each, so that only one chunk at a time is in memory. */
  verdictsOf(chunk: number): Promise<Buffer>;
  /** First and last day that may be counted, in days since 1970. */
  firstDay: number;
  lastDay: number;
  /** The bounds of the look; without them it goes through all of both tables. */
  within?: { fromMs: number; toMs: number };
  /** The tables have few rows: a pass over them that finds nothing elsewhere costs less than to be ready for more. */
  few?: boolean;
};

/**
 * `moved`: the conversations that were judged again as a whole, by id. `turnsOutside`: when time by itself changes how a
 * day is judged, in days since 1970 and ms, because one of them settles in a row outside of all chunks.
 */
export type Confirmed = { moved: Map<bigint, Verdict[]>; turnsOutside: { day: number; atMs: number }[]; cost: Cost };

/**
 * Looks up, over all times and customers, every conversation whose other side was not seen in its chunk, and corrects
 * `tally` in place. Where the other side turns up elsewhere, what the chunks counted is taken back, and the conversation
 * is counted once, on the day of its truth, if that is a day of the scan. Memory: the ids, and the rows that moved.
 */
export async function confirm(
  engine: DetectionEngine,
  input: ConfirmInput,
  tally: Tally,
  limits: Limits,
): Promise<Confirmed> {
  const found = await engine.clickhouse.again(() => lookUp(engine, input, limits), limits.signal);
  const { moved, seen } = found;
  if (moved.size === 0) return found;
  await takeBack(input, tally, moved, seen);
  for (const verdict of [...moved.values()].flat())
    if (isCounted(input, verdict)) addVerdict(dayTally(tally, verdict.day), verdict, 1);
  return found;
}

/** What one session finds out. It changes nothing here, so it can be repeated in another session. */
async function lookUp(
  engine: DetectionEngine,
  input: ConfirmInput,
  limits: Limits,
): Promise<Confirmed & { seen: Seen[] }> {
  const session = new DetectionSession(engine, limits);
  const moved = new Map<bigint, Verdict[]>();
  const nothing = { moved, seen: [], turnsOutside: [], cost: session.cost };
  try {
    const { columns, scope, within } = input;
    const edges = [scope.fromMs, ...input.chunks.map((chunk) => chunk.toMs)];
    const bounds = { withinFromMs: within?.fromMs ?? 0, withinToMs: within?.toMs ?? 0 };
    const reached = { ...scope, edges, ...bounds };
    if (await areAllInside(session, input, reached)) return nothing;
    if (!(await sendUnmatched(session, input))) return nothing;
    await session.run(createRows, {}, columns);
    await session.run(insertFoundRows, reached, { columns, bounded: within !== undefined });
    await session.run(createMoved, {}, undefined);
    await settleTies(session, { columns, scope: reached, whereRead: within ? 'within' : 'all' });
    const [packed = Buffer.alloc(0)] = await session.read(selectVerdicts, {}, { columns, oneTruth: false });
    for (const verdict of unpackVerdicts(packed)) moved.set(verdict.id, [...(moved.get(verdict.id) ?? []), verdict]);
    if (moved.size === 0) return nothing;
    const seen = await session.read(selectSeenTruth, { chunks: input.chunks.length }, undefined);
    // NOTE: a range may end within a day. A truth that no chunk saw is outside the range, even on a day that it touches.
    const inRange = new Set(seen.map(({ id }) => id));
    for (const [id, verdicts] of moved)
      moved.set(
        id,
        verdicts.filter(({ bits }) => (bits & verdictBit.truth) === 0 || inRange.has(id)),
      );
    const named = [...moved.values()].flat().filter((one) => isCounted(input, one) && one.flags !== 0);
    const agents = new Set(named.map((one) => String(one.agent)));
    const useCases = new Set(named.map((one) => String(one.useCase)));
    await resolveNames(session, { columns, into: engine.known, ...scope }, { agents, useCases });
    const turnsOutside = await session.read(
      selectTurnsOutside,
      { chunks: input.chunks.length, asOfMs: scope.asOfMs, marginMs: scope.marginMs },
      columns,
    );
    return { moved, seen, turnsOutside, cost: session.cost };
  } finally {
    await session.close([rowTable, askedTable, candidateTable, tieTable]);
  }
}

/** The conversation is this customer's, and its day is one of the scan's. */
export const isCounted = (input: Pick<ConfirmInput, 'firstDay' | 'lastDay'>, { bits, day }: Verdict): boolean =>
  (bits & verdictBit.own) !== 0 && day >= input.firstDay && day <= input.lastDay;

/** Whether one statement could tell that no unmatched conversation has a row outside of the only chunk. */
async function areAllInside(
  session: DetectionSession,
  input: ConfirmInput,
  reached: z.input<typeof ConfirmScope>,
): Promise<boolean> {
  const [chunk] = input.chunks;
  if (!input.few || !chunk || input.chunks.length > 1 || input.within) return false;
  const [hashes, ...more] = packHashes(unmatchedIn(await input.verdictsOf(0)));
  if (hashes === undefined || more.length > 0) return false;
  const edges = [chunk.fromMs, chunk.toMs];
  const [found] = await session.read(countRowsOutside, { ...reached, edges, hashes }, input.columns);
  return found?.outside === 0;
}

/** Sends the conversations whose other side was not seen; false where there are none. */
async function sendUnmatched(session: DetectionSession, input: ConfirmInput): Promise<boolean> {
  let sent = false;
  for (let at = 0; at < input.chunks.length; at++)
    for (const hashes of packHashes(unmatchedIn(await input.verdictsOf(at)))) {
      if (!sent) await session.run(createAsked, {}, undefined);
      sent = true;
      await session.run(insertAsked, { hashes, chunk: at + 1 }, undefined);
    }
  return sent;
}

function* unmatchedIn(packed: Buffer): Generator<bigint> {
  for (const verdict of unpackVerdicts(packed)) if (isUnmatched(verdict)) yield verdict.id;
}

type Seen = { id: bigint; chunk: number; day: number; open: boolean };

/** A chunk counted a moved conversation by its verdict, or, where it had none, as fresh or open by its truth. */
async function takeBack(input: ConfirmInput, tally: Tally, moved: ReadonlyMap<bigint, unknown>, seen: Seen[]) {
  const byVerdict = new Set<string>();
  for (let at = 0; at < input.chunks.length; at++)
    for (const verdict of unpackVerdicts(await input.verdictsOf(at))) {
      if (!moved.has(verdict.id)) continue;
      byVerdict.add(`${verdict.id} ${at + 1}`);
      if (verdict.bits & verdictBit.own) addVerdict(dayTally(tally, verdict.day), verdict, -1);
    }
  for (const { id, chunk, day, open } of seen) {
    if (byVerdict.has(`${id} ${chunk}`)) continue;
    const counted = { flags: 0, class: open ? verdictClass.open : verdictClass.judged, bits: verdictBit.truth };
    addVerdict(dayTally(tally, day), { id, agent: 0n, useCase: 0n, day, ...counted }, -1);
  }
}
