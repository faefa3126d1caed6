import { flagFacts, flagNames } from '../flags';
import type { Breakdown, DayCounts } from '../model';

/**
 * `clean since`: scans of changes recorded each of its days again, and later audits counted the same. `acknowledged`: a
 * person saw it and said what it was. `not compared any more`: the days that were left are not watched.
 */
export const missStates = ['open', 'clean since', 'acknowledged', 'not compared any more'] as const;
export type MissState = (typeof missStates)[number];

/** The numbers of an agent or use case. */
export const shareNumbers = ['affected', 'stale', 'duplicates'] as const;
export type ShareCounts = Pick<Breakdown, (typeof shareNumbers)[number]>;

/** An agent or use case of which a number differs; '' is "unassigned". */
export type MissShare = { of: 'agent' | 'use case'; key: string; recorded: ShareCounts; found: ShareCounts };

/** A day of a miss: what the increments had recorded, and what the full scan counted. `missed` differ at least. */
export type MissDay = { day: string; missed: number; recorded: DayCounts; found: DayCounts; shares: MissShare[] };

/** The key of the case that people hear of. */
export const missCaseKey = (customerId: string, scanId: string): string => `increment missed ${customerId} ${scanId}`;

const numbers = ['conversations', 'affected', 'stale', 'duplicates', 'missing', 'orphans', 'open', 'settling'] as const;

/** What of a day the increments and the full scan counted otherwise. The key of an agent or use case is data. */
export function differencesOf({ recorded, found, shares }: MissDay) {
  return [
    ...numbers.map((what) => ({ what: what as string, key: null, recorded: recorded[what], found: found[what] })),
    ...flagNames.map((flag) => ({
      what: `flag ${flagFacts[flag].word}`,
      key: null,
      recorded: recorded.flags[flag],
      found: found.flags[flag],
    })),
    ...shares.flatMap(({ of, key, recorded: was, found: is }) =>
      shareNumbers.map((number) => ({
        what: number === 'affected' ? of : `${number} of ${of}`,
        key,
        recorded: was[number],
        found: is[number],
      })),
    ),
  ].filter((line) => line.recorded !== line.found);
}
