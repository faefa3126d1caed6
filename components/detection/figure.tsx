import type { Route } from 'next';
import Link from 'next/link';
import { cn } from '@/components/ui/cn';
import { count } from '@/components/ui/format';
import { type Tone, tones } from '@/components/ui/tone';

/** A count in a row: a link to what it counts; a quiet 0 otherwise. */
export function Figure({ value, tone, href, label }: { value: number; tone: Tone; href: Route; label: string }) {
  if (value === 0) return <span className="text-muted">0</span>;
  return (
    <Link
      href={href}
      prefetch={false}
      aria-label={`${count(value)} ${label}`}
      className={cn(
        'rounded font-semibold underline decoration-dotted underline-offset-4 hover:decoration-solid',
        tones[tone].text,
      )}
    >
      {count(value)}
    </Link>
  );
}
