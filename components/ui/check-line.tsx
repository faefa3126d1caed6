import { Badge } from './badge';
import { Sentence } from './sentence';
import type { Tone } from './tone';

const tones: Record<'pass' | 'fail' | 'unknown', Tone> = { pass: 'verified', fail: 'attention', unknown: 'unknown' };

/** One check: its verdict, what was checked, and what was found. */
export function CheckLine({
  verdict,
  title,
  sentence,
  children,
}: {
  verdict: 'pass' | 'fail' | 'unknown';
  title?: string;
  sentence: string;
  children?: React.ReactNode;
}) {
  return (
    <li className="flex items-start gap-3">
      <span className="w-[5.5rem] shrink-0">
        <Badge tone={tones[verdict]}>{verdict}</Badge>
      </span>
      <div className="min-w-0 text-sm">
        {title && <p className="font-medium">{title}</p>}
        <p className={title ? 'text-muted' : undefined}>
          <Sentence>{sentence}</Sentence>
        </p>
        {children}
      </div>
    </li>
  );
}
