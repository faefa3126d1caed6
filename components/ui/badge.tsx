import { cn } from './cn';
import { type Tone, tones } from './tone';

/** A word and its icon on a soft background. */
export function Badge({ tone, children, title }: { tone: Tone; children: React.ReactNode; title?: string }) {
  const { soft, icon: Icon } = tones[tone];
  return (
    <span
      title={title}
      className={cn(
        'inline-flex max-w-full items-center gap-1 whitespace-nowrap rounded-full align-middle px-2 py-0.5 font-medium text-xs',
        soft,
      )}
    >
      <Icon aria-hidden className={cn('size-3 shrink-0', tone === 'running' && 'animate-spin')} />
      <span className="truncate">{children}</span>
    </span>
  );
}

/** An icon and text without a background, for sentences and dense rows. The text wraps. */
export function Mark({ tone, children }: { tone: Tone; children: React.ReactNode }) {
  const { text, icon: Icon } = tones[tone];
  return (
    <span className={cn('inline-flex min-w-0 items-start gap-1 align-middle', text)}>
      <Icon aria-hidden className={cn('mt-[0.2em] size-3.5 shrink-0', tone === 'running' && 'animate-spin')} />
      <span className="min-w-0">{children}</span>
    </span>
  );
}
