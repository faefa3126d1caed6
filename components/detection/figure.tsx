import type { Route } from 'next';
import Link from 'next/link';
import { cn } from '@/components/ui/cn';
import { type Tone, tones } from '@/components/ui/tone';
import { formatNumber } from '@/lib/words';

/** A count in a table row, with a link to what it counts unless it is 0. */
export function Figure({ value, tone, href, label }: { value: number; tone: Tone; href: Route; label: string }) {
  if (value === 0) return <span className="text-muted">0</span>;
  return (
    <Link
      href={href}
      prefetch={false}
      aria-label={`${formatNumber(value)} ${label}`}
      className={cn(
        'rounded font-semibold underline decoration-dotted underline-offset-4 hover:decoration-solid',
        tones[tone].text,
      )}
    >
      {formatNumber(value)}
    </Link>
  );
}
