import { addDays, type Day, dayCount } from '@/lib/days';
import { bitsOf, flagsOf, flagsWhere } from '../flags';
import type { Breakdown, DayCounts, DayResult } from '../model';
import { sharesKeptMost } from '../shares-model';
import { sumCounts } from '../sum-model';
import { type Verdict, verdictBit, verdictClass } from './verdicts';

/** Counts of agents or of use cases. The key is the hash in decimal. */
type Shares = Record<string, [affected: number, stale: number, duplicates: number]>;

/** The counts of a day so far. `openLabelled` are open conversations that have a label. */
export type DayTally = { counts: DayCounts; openLabelled: number; agents: Shares; useCases: Shares };

/** By days since 1970-01-01. */
export type Tally = Map<number, DayTally>;

export const dayNumber = (day: Day): number => dayCount('1970-01-01', day);
export const dayText = (number: number): Day => addDays('1970-01-01', number);

export function dayTally(tally: Tally, day: number): DayTally {
  const known = tally.get(day);
  if (known) return known;
  const made: DayTally = { counts: sumCounts([]), openLabelled: 0, agents: {}, useCases: {} };
  tally.set(day, made);
  return made;
}

/** Adds a conversation to the counts of the day, of its agent and of its use case; -1 takes it back. */
export function addVerdict(day: DayTally, verdict: Verdict, times: 1 | -1): void {
  const { counts } = day;
  if (verdict.bits & verdictBit.truth) counts.conversations += times;
  if (verdict.class === verdictClass.open) {
    counts.open += times;
    if (verdict.bits & verdictBit.labels) day.openLabelled += times;
  } else if (verdict.class === verdictClass.settling) counts.settling += times;
  else if (verdict.flags !== 0) countAffected(day, verdict, times);
}

const bitsThatCountAs = (number: 'stale' | 'duplicates' | 'orphans' | 'missing') =>
  bitsOf(flagsWhere(({ countsAs }) => countsAs === number));
const counted = {
  stale: bitsThatCountAs('stale'),
  duplicates: bitsThatCountAs('duplicates'),
  orphans: bitsThatCountAs('orphans'),
  missing: bitsThatCountAs('missing'),
};

function countAffected({ counts, agents, useCases }: DayTally, verdict: Verdict, times: 1 | -1): void {
  const stale = verdict.flags & counted.stale ? times : 0;
  const duplicates = verdict.flags & counted.duplicates ? times : 0;
  counts.affected += times;
  counts.stale += stale;
  counts.duplicates += duplicates;
  if (verdict.flags & counted.orphans) counts.orphans += times;
  if (verdict.flags & counted.missing) counts.missing += times;
  for (const flag of flagsOf(verdict.flags)) counts.flags[flag] += times;
  share(agents, String(verdict.agent), [times, stale, duplicates]);
  share(useCases, String(verdict.useCase), [times, stale, duplicates]);
}

/** Adds to the shares of one agent or use case, and forgets it when nothing is left of it. */
function share(shares: Shares, key: string, [affected, stale, duplicates]: Shares[string]): void {
  const [a, s, d] = shares[key] ?? [0, 0, 0];
  shares[key] = [a + affected, s + stale, d + duplicates];
  if (a + affected <= 0) delete shares[key];
}

/** Adds every day of `part` to `sum`. */
export function addTally(sum: Tally, part: Tally): void {
  for (const [number, day] of part) {
    const into = dayTally(sum, number);
    into.counts = sumCounts([into.counts, day.counts]);
    into.openLabelled += day.openLabelled;
    for (const [key, shares] of Object.entries(day.agents)) share(into.agents, key, shares);
    for (const [key, shares] of Object.entries(day.useCases)) share(into.useCases, key, shares);
  }
}

/** Every hash of an agent or use case in the tally. */
export function hashesIn(tally: Tally): { agents: Set<string>; useCases: Set<string> } {
  const days = [...tally.values()];
  return {
    agents: new Set(days.flatMap((day) => Object.keys(day.agents))),
    useCases: new Set(days.flatMap((day) => Object.keys(day.useCases))),
  };
}

export type ResultContext = {
  asOfMs: number;
  atLeast: boolean;
  /** Names by hash. The breakdown leaves out a hash without a name. */
  agents: ReadonlyMap<string, string>;
  useCases: ReadonlyMap<string, string>;
};

/** A day as it is stored and shown. */
export function dayResult(day: Day, tally: DayTally | undefined, context: ResultContext): DayResult {
  return {
    day,
    ...(tally?.counts ?? sumCounts([])),
    asOfMs: context.asOfMs,
    atLeast: context.atLeast,
    byAgent: breakdown(tally?.agents ?? {}, context.agents),
    byUseCase: breakdown(tally?.useCases ?? {}, context.useCases),
  };
}

function breakdown(shares: Shares, names: ReadonlyMap<string, string>): Breakdown[] {
  return Object.entries(shares)
    .flatMap(([hash, [affected, stale, duplicates]]) => {
      const key = names.get(hash);
      return key === undefined ? [] : [{ key, affected, stale, duplicates }];
    })
    .sort((a, b) => b.affected - a.affected || a.key.localeCompare(b.key))
    .slice(0, sharesKeptMost);
}
