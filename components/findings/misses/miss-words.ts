import type { Tone } from '@/components/ui/tone';
import type { MissDay, MissState } from '@/lib/detection/changes/miss-model';
import { flagFacts, flagNames } from '@/lib/detection/flags';

export const missTones: Record<MissState, Tone> = {
  open: 'attention',
  'clean since': 'verified',
  acknowledged: 'neutral',
};

const counts = [
  ['conversations', 'conversations'],
  ['affected', 'affected'],
  ['stale', 'stale'],
  ['duplicates', 'duplicates'],
  ['missing', 'missing'],
  ['orphans', 'orphans'],
  ['open', 'open'],
  ['settling', 'settling'],
] as const;

/** What of a day the increments and the full scan counted otherwise. The key of an agent or use case is data. */
export function differencesOf({ recorded, found, shares }: MissDay) {
  return [
    ...counts.map(([key, word]) => ({ what: word, key: null, recorded: recorded[key], found: found[key] })),
    ...flagNames.map((flag) => ({
      what: `flag ${flagFacts[flag].word}`,
      key: null,
      recorded: recorded.flags[flag],
      found: found.flags[flag],
    })),
    ...shares.map(({ of, key, ...both }) => ({ what: of, key, ...both })),
  ].filter((line) => line.recorded !== line.found);
}
