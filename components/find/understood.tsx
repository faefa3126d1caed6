import { Mark } from '@/components/ui/badge';
import { DataText } from '@/components/ui/data-text';
import type { Found } from '@/lib/find/model';

const tones = { wrong: 'attention', right: 'verified', unknown: 'unknown' } as const;

/** What a search or ticket was understood to be, the verdict, and the question that is open. */
export function Understood({
  found,
  failure,
  pending,
}: {
  found: Found | null;
  failure: string | null;
  pending: boolean;
}) {
  if (!found && !failure && !pending) return null;
  return (
    <div role="status" className="max-h-[30vh] space-y-1 overflow-y-auto border-line border-b px-4 py-2.5 text-sm">
      {pending && <p className="text-muted">Reading</p>}
      {failure && <Mark tone="attention">{failure}</Mark>}
      {found && (
        <>
          {found.parts.length > 0 && (
            <p className="font-medium">
              <DataText>{found.parts.join(' · ')}</DataText>
            </p>
          )}
          {found.verdict && (
            <p>
              <Mark tone={tones[found.verdict.tone]}>
                <span className="text-text">{found.verdict.sentence}</span>
              </Mark>
            </p>
          )}
          {found.ask && <p>{found.ask.question}</p>}
          {found.notes.map((note) => (
            <p key={note} className="text-muted text-xs">
              {note}
            </p>
          ))}
        </>
      )}
    </div>
  );
}
