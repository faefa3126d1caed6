import { cn } from '@/components/ui/cn';
import { type Tone, tones } from '@/components/ui/tone';

const meanings: { tone: Tone; word: string; means: string }[] = [
  { tone: 'stale', word: 'Amber', means: 'stale: labels are there, and none equals the truth' },
  { tone: 'duplicate', word: 'Violet', means: 'duplicates: one conversation has labels under several keys' },
  { tone: 'attention', word: 'Red', means: 'needs a person: labels are missing or orphans, or something failed' },
  { tone: 'running', word: 'Blue', means: 'under way' },
  { tone: 'verified', word: 'Green', means: 'counted, and right' },
  { tone: 'unknown', word: 'Grey with ?', means: 'not known: not counted, or counted in part' },
  { tone: 'settling', word: 'Grey with a clock', means: 'settling: it changed a moment ago and is not judged yet' },
  { tone: 'waiting', word: 'Grey with a dashed ring', means: 'its turn has not come' },
];

const patterns: { fill: string; word: string; means: string }[] = [
  { fill: 'hatched', word: 'Hatched', means: 'a day that was not scanned' },
  { fill: 'crossed', word: 'Crossed', means: 'a day that was counted in part' },
  { fill: 'dotted', word: 'Dotted', means: 'a day with settling conversations' },
];

/** What each colour and pattern means; each is always beside its icon or its word. */
export function Colours() {
  return (
    <ul className="grid gap-x-6 gap-y-1.5 text-sm sm:grid-cols-2">
      {meanings.map(({ tone, word, means }) => {
        const { text, icon: Icon } = tones[tone];
        return (
          <li key={tone} className="flex items-start gap-2">
            <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', text)} />
            <span>
              <span className={cn('font-medium', text)}>{word}:</span> <span className="text-muted">{means}</span>
            </span>
          </li>
        );
      })}
      {patterns.map(({ fill, word, means }) => (
        <li key={word} className="flex items-start gap-2">
          <span aria-hidden className={cn('mt-0.5 size-4 shrink-0 rounded-[3px] border border-line', fill)} />
          <span>
            <span className="font-medium">{word}:</span> <span className="text-muted">{means}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
