import { Hand } from 'lucide-react';
import { duration } from '@/components/ui/format';
import { useNow } from '@/components/ui/time';
import type { Hold } from '@/lib/backfill/state/model';

/** Who holds the run before its next delete, and for how long at most. */
export function Held({ hold }: { hold: Hold | null }) {
  const now = useNow();
  if (!hold) return null;
  const left = now ? duration(Math.max(hold.untilMs - now, 0)) : 'a minute';
  return (
    <p role="status" className="flex items-start gap-2 text-sm">
      <Hand aria-hidden className="mt-0.5 size-4 shrink-0 text-running" />
      <span>
        <span className="font-medium">Held by {hold.by}.</span> No delete starts until {hold.by} decides, for at most{' '}
        {left}.
      </span>
    </p>
  );
}
