import { Badge } from '@/components/ui/badge';
import { flagFacts, flagsOf } from '@/lib/detection/flags';
import type { ConversationEvidence } from '@/lib/detection/model';
import { classWord, toneOf } from './flags';

/** What is wrong with a conversation, or why it is not judged yet. */
export function FlagBadges({ row }: { row: Pick<ConversationEvidence, 'flags' | 'class' | 'labels'> }) {
  const flags = flagsOf(row.flags);
  const word = classWord(row);
  if (word !== null) return <Badge tone={word === 'right' ? 'verified' : 'settling'}>{word}</Badge>;
  return (
    <span className="flex flex-wrap gap-1">
      {(['stale', 'duplicate', 'attention'] as const).map((tone) => {
        const words = flags.filter((flag) => toneOf(flag) === tone);
        if (words.length === 0) return null;
        return (
          <Badge key={tone} tone={tone} title={words.map((flag) => flagFacts[flag].sentence).join(' ')}>
            {words.map((flag) => flagFacts[flag].word).join(', ')}
            {tone === 'duplicate' && `, ${row.labels.length} label keys`}
          </Badge>
        );
      })}
    </span>
  );
}
