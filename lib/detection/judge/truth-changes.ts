import { addDays, type Day, dayStartMs } from '@/lib/days';
import type { DetectionEngine } from './engine';
import { type Cost, DetectionSession, type Limits } from './session';
import { askedTable, createAsked, insertAsked } from './sql/asked';
import type { DetectionColumns } from './sql/columns';
import { packHashes, unpackVerdicts } from './sql/packed';
import type { ReadScope } from './sql/read';
import { selectTruthChanges } from './sql/truth-changes';
import { dayNumber, dayText } from './tally';
import { type Verdict, verdictBit } from './verdicts';

/** Of a day with more affected conversations, so many are looked at. */
const idsOfDayMost = 10_000;

type Judged = {
  columns: DetectionColumns;
  scope: ReadScope;
  chunks: readonly unknown[];
  verdictsOf(chunk: number): Promise<Buffer>;
  /** The conversations that were judged again as a whole: their verdicts of the chunks do not count. */
  moved: ReadonlyMap<bigint, readonly Verdict[]>;
};

/**
 * When the truth of the affected conversations of these days last changed, in ms by day. A day without one has no truth:
 * all of it are orphans.
 */
export async function truthChanges(
  engine: DetectionEngine,
  judged: Judged,
  days: readonly Day[],
  limits: Limits,
): Promise<{ changes: Map<Day, number>; cost: Cost }> {
  const ids = await idsOf(judged, new Set(days.map(dayNumber)));
  const read = async () => {
    const session = new DetectionSession(engine, limits);
    const changes = new Map<Day, number>();
    if (ids.size === 0) return { changes, cost: session.cost };
    try {
      const { columns, scope } = judged;
      const [hashes = '', ...more] = packHashes(ids);
      if (more.length > 0) await askFor(session, [hashes, ...more]);
      const { customerId, timeZone, asOfMs } = scope;
      const sorted = [...days].sort();
      const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
      const range = { fromMs: dayStartMs(first, timeZone), toMs: dayStartMs(addDays(last, 1), timeZone) };
      const params = { ...range, customerId, timeZone, hashes };
      const found = await session.read(selectTruthChanges, params, { columns, asked: more.length > 0 });
      const wanted = new Set(days);
      for (const { day, changedMs } of found)
        if (wanted.has(dayText(day))) changes.set(dayText(day), Math.min(changedMs, asOfMs));
      return { changes, cost: session.cost };
    } finally {
      await session.close([askedTable]);
    }
  };
  return engine.clickhouse.again(read, limits.signal);
}

/** More than one parameter holds are kept in the session. */
async function askFor(session: DetectionSession, packed: readonly string[]): Promise<void> {
  await session.run(createAsked, {}, undefined);
  for (const hashes of packed) await session.run(insertAsked, { hashes, chunk: 1 }, undefined);
}

/** The affected conversations of these days that have a truth, `idsOfDayMost` of each. */
async function idsOf({ chunks, verdictsOf, moved }: Judged, days: ReadonlySet<number>): Promise<Set<bigint>> {
  const ids = new Set<bigint>();
  const left = new Map([...days].map((day) => [day, idsOfDayMost]));
  const add = ({ id, day, flags, bits }: Verdict) => {
    const more = left.get(day) ?? 0;
    if (more === 0 || flags === 0 || (bits & verdictBit.own) === 0 || (bits & verdictBit.truth) === 0) return;
    ids.add(id);
    left.set(day, more - 1);
  };
  for (const verdicts of moved.values()) verdicts.forEach(add);
  for (let at = 0; at < chunks.length; at++)
    for (const verdict of unpackVerdicts(await verdictsOf(at))) if (!moved.has(verdict.id)) add(verdict);
  return ids;
}
