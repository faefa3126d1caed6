'use client';

import { useLive } from './live';
import { Failed, Skeleton } from './states';

/** What a side panel shows: one read kept fresh, its shape while it loads, or why it could not be read. */
export function LivePanel<T>({
  what,
  onChanged,
  children,
  ...read
}: {
  /** "The approval could not be read". */
  what: string;
  /** Also tells the page below. */
  onChanged: () => void;
  children: (data: T, onChanged: () => void) => React.ReactNode;
} & Pick<Parameters<typeof useLive<T>>[0], 'url' | 'everyMs'>) {
  const live = useLive<T>(read);
  if (live.data !== undefined)
    return children(live.data, () => {
      live.refresh();
      onChanged();
    });
  if (live.failure) return <Failed what={what} failure={live.failure} retry={live} />;
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3">
      <Skeleton className="h-24" />
      <Skeleton className="h-64" />
    </div>
  );
}
