import { Hand } from 'lucide-react';
import { duration } from '@/components/ui/format';
import { useNow } from '@/components/ui/time';
import type { Stay } from '@/lib/backfill/state/model';

/** Who looks at how to cancel, so that no delete begins, and for how long at most. */
export function StayLine({ stay }: { stay: Stay | null }) {
  const now = useNow();
  if (!stay) return null;
  const left = now ? duration(Math.max(stay.untilMs - now, 0)) : 'a minute';
  return (
    <p role="status" className="flex items-start gap-2 text-sm">
      <Hand aria-hidden className="mt-0.5 size-4 shrink-0 text-running" />
      <span>
        <span className="font-medium">{stay.by} looks at how to cancel.</span> No delete starts until {stay.by} decides,
        for at most {left}.
      </span>
    </p>
  );
}
