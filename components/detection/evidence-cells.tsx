'use client';

import { cn } from '@/components/ui/cn';
import { DataText } from '@/components/ui/data-text';
import { dayName, instantIn, utcText } from '@/components/ui/format';
import { useZone } from '@/components/ui/zone';

/** A cell of a label, marked if it differs from the truth. With `whole` a long text is wrapped instead of cut. */
export function Value({
  differs,
  whole = false,
  children,
}: {
  differs: boolean;
  whole?: boolean;
  children: React.ReactNode;
}) {
  if (!differs) return children;
  return (
    <span className="inline-flex max-w-full items-center gap-1 rounded bg-stale-soft px-1.5 py-0.5 font-medium text-stale">
      <span aria-hidden>≠</span>
      <span className="sr-only">differs: </span>
      <span className={cn('min-w-0', !whole && 'truncate')}>{children}</span>
    </span>
  );
}

export function Agent({ name }: { name: string }) {
  return name === '' ? <span className="text-muted italic">unassigned</span> : <DataText>{name}</DataText>;
}

/** A time, with the date if it is not on `day`. Zero is the end of an open conversation. */
export function Clock({ ms, timeZone, day }: { ms: number; timeZone: string; day?: string }) {
  const zone = useZone(timeZone);
  if (ms === 0) {
    return (
      <span title="1970-01-01 00:00:00 UTC" className="italic">
        open
      </span>
    );
  }
  const at = instantIn(ms, zone);
  return (
    <time dateTime={new Date(ms).toISOString()} title={utcText(ms)} className={cn('whitespace-nowrap')}>
      {at.day !== day && `${dayName(at.day, false)} `}
      {at.clock}
    </time>
  );
}
