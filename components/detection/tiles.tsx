import type { Route } from 'next';
import Link from 'next/link';
import { cn } from '@/components/ui/cn';
import { type Tone, tones } from '@/components/ui/tone';
import { formatNumber } from '@/lib/words';

/** A count that links to what it counts, unless that is past. Null means that it is not known yet. */
export function Tile({
  value,
  label,
  tone,
  href,
  title,
  atLeast = false,
}: {
  value: number | null;
  label: string;
  tone: Tone;
  href?: Route;
  title?: string;
  atLeast?: boolean;
}) {
  const { icon: Icon, text } = tones[value === null ? 'unknown' : value > 0 ? tone : 'neutral'];
  const box = 'flex flex-col rounded-lg border border-line bg-surface px-3.5 py-2';
  const content = (
    <>
      <span className={cn('font-semibold text-xl leading-tight', value ? text : 'text-text')}>
        {atLeast && value !== null ? '≥ ' : ''}
        {value === null ? '–' : formatNumber(value)}
      </span>
      <span className="flex items-center gap-1 text-muted text-xs">
        <Icon aria-hidden className={cn('size-3 shrink-0', value ? text : 'text-muted')} />
        {label}
      </span>
    </>
  );
  if (!href)
    return (
      <div title={title} className={box}>
        {content}
      </div>
    );
  return (
    <Link href={href} title={title} className={cn(box, 'hover:border-line-strong hover:bg-raised/50')}>
      {content}
    </Link>
  );
}

export function Tiles({ children }: { children: React.ReactNode }) {
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:grid-cols-[repeat(5,minmax(0,1fr))_minmax(0,1.35fr)]">
      {children}
    </div>
  );
}
