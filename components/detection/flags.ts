import type { Tone } from '@/components/ui/tone';
import { type Flag, flagFacts, flagNames, flagsOf } from '@/lib/detection/flags';
import type { ConversationEvidence, DayCounts } from '@/lib/detection/model';

const tones = { stale: 'stale', duplicates: 'duplicate', orphans: 'attention', missing: 'attention' } as const;

export const toneOf = (flag: Flag): Tone => tones[flagFacts[flag].countsAs];

/** What a conversation is called where no flag counts: it is right, or not judged yet. Null where flags say it. */
export function classWord(row: Pick<ConversationEvidence, 'class' | 'flags'>): string | null {
  if (row.class === 'open' || row.class === 'settling') return row.class;
  return flagsOf(row.flags).length === 0 ? 'right' : null;
}

/** "agent 17 · use case 17 · end hour 17": what is wrong, largest first. */
export function whyOf(counts: DayCounts): { flag: Flag; word: string; conversations: number }[] {
  return flagNames
    .map((flag) => ({ flag, word: flagFacts[flag].word, conversations: counts.flags[flag] }))
    .filter((entry) => entry.conversations > 0)
    .sort((a, b) => b.conversations - a.conversations);
}
