import { ArrowRight, Check, TriangleAlert } from 'lucide-react';
import { duration } from '@/components/ui/format';
import type { ItemView, RunView } from '@/lib/backfill/model';

/** What happens next, and how long the day has been without labels. */
export function RunNext({ run, item }: { run: RunView; item: ItemView | undefined }) {
  const gap = item?.gapMs ?? null;
  const open = gap !== null && gap > 0 && item?.endedAtMs === null && item.status !== 'verifying';
  return (
    <div
      aria-live="polite"
      className="flex flex-col gap-1.5 rounded-lg border border-line bg-surface px-4 py-3 text-sm"
    >
      <p className="flex items-start gap-2">
        <ArrowRight aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
        <span>
          <span className="font-medium">What happens next: </span>
          {run.next}
        </span>
      </p>
      {gap !== null && (
        <p className="flex items-start gap-2">
          {gap === 0 ? (
            <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
          ) : (
            <TriangleAlert aria-hidden className={`mt-0.5 size-4 shrink-0 ${open ? 'text-attention' : 'text-muted'}`} />
          )}
          {open ? (
            <span>
              <span className="font-medium text-attention">Gap so far {duration(gap)}</span>: labels of {item?.day} are
              missing until they are written again.
            </span>
          ) : (
            <span className="text-muted">
              {gap === 0
                ? `No label of ${item?.day} was missing at any time.`
                : `Labels of ${item?.day} were missing for ${duration(gap)}.`}
            </span>
          )}
        </p>
      )}
    </div>
  );
}
