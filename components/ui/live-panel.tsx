'use client';

import { useLive } from './live';
import { LiveScreen } from './live-screen';
import { Skeleton } from './states';

/** What a side panel shows: one read that is kept fresh. */
export function LivePanel<T>({
  what,
  onChanged,
  children,
  ...read
}: {
  /** "The approval could not be read". */
  what: string;
  /** Called after each change, so that the page below reads again too. */
  onChanged: () => void;
  children: (data: T, onChanged: () => void) => React.ReactNode;
} & Pick<Parameters<typeof useLive<T>>[0], 'url' | 'everyMs'>) {
  const live = useLive<T>(read);
  return (
    <LiveScreen part live={live} what={what} skeleton={<PanelSkeleton />}>
      {(data) =>
        children(data, () => {
          live.refresh();
          onChanged();
        })
      }
    </LiveScreen>
  );
}

function PanelSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-3">
      <Skeleton className="h-24" />
      <Skeleton className="h-64" />
    </div>
  );
}
