'use client';

import { CloudOff } from 'lucide-react';
import { useState } from 'react';
import type { Failure, Result } from '@/lib/edge/model';
import { cn } from './cn';
import { ago, utcText } from './format';
import { LoadAgain } from './load-again';
import { useQuery } from './query';
import { failureOfRead, type Held, lostConnection, readAgain } from './read';
import { useNow } from './time';

export type Live<T> = {
  data: T | undefined;
  failure: Failure | null;
  /** The last read failed, so the data is older than it should be. */
  lost: boolean;
  fetching: boolean;
  updatedAtMs: number;
  refresh: () => void;
};

/**
 * A read that keeps itself fresh. It starts with what the server rendered, polls while the tab is visible, and keeps
 * the last data when a poll fails, or finds that nothing changed: then the server sends 304 instead of the data. With `everyMs` false it reads once; a function chooses the interval from the data.
 */
export function useLive<T>(options: {
  url: string;
  initial?: Result<T>;
  everyMs?: number | false | ((data: T | undefined) => number | false);
  enabled?: boolean;
  /** Polls also while the tab is hidden. */
  inBackground?: boolean;
  staleMs?: number;
  /** For a route that answers only what changed since what the page holds: the whole, from that and the answer. */
  merge?: (held: T, answer: T) => T;
}): Live<T> {
  const { url, initial, everyMs = false, merge } = options;
  const [firstUrl] = useState(url);
  const first = initial?.ok && url === firstUrl ? { data: initial.data, revision: initial.revision } : undefined;
  const query = useQuery<Held<T>>({
    queryKey: [url],
    queryFn: ({ client, signal }) => readAgain({ url, merge, signal }, client.getQueryData<Held<T>>([url])),
    initialData: first,
    enabled: options.enabled ?? true,
    placeholderData: (before) => before,
    staleTime: options.staleMs ?? 1000,
    refetchIntervalInBackground: options.inBackground,
    refetchInterval: typeof everyMs === 'function' ? (current) => everyMs(current.state.data?.data) : everyMs,
    retry: false,
  });
  const firstFailure = initial && !initial.ok && url === firstUrl ? initial.error : null;
  const failed = failureOfRead(query.error);
  // NOTE: a query that starts again drops its error. Until it ends, the former failure is still shown.
  const [former, setFormer] = useState<{ url: string; failure: Failure } | null>(null);
  if (failed && former?.failure !== failed) setFormer({ url, failure: failed });
  if (query.data !== undefined && !failed && former) setFormer(null);
  const failure = failed ?? (former?.url === url ? former.failure : null);
  return {
    data: query.data?.data,
    failure: failure ?? (query.data === undefined ? firstFailure : null),
    lost: query.data !== undefined && (query.isError || query.isPaused),
    fetching: query.isFetching && (query.data === undefined || query.isPlaceholderData),
    updatedAtMs: query.dataUpdatedAt,
    refresh: () => void query.refetch(),
  };
}

/** The first sentence of a failed read, or that the console could not be reached. */
const whyLost = (failure: Failure | null): string =>
  !failure || failure === lostConnection ? 'Connection lost.' : failure.message.replace(/(?<=[.!?]) .*$/s, '');

/** "Updated 2 s ago"; if the connection is lost, why, and how old the data is. */
export function Freshness({ live }: { live: Pick<Live<unknown>, 'lost' | 'updatedAtMs' | 'failure'> }) {
  const now = useNow();
  if (live.lost) {
    return (
      <span role="status" className="inline-flex items-center gap-1.5 font-medium text-attention text-xs">
        <CloudOff aria-hidden className="size-3.5" />
        {whyLost(live.failure)} Showing data from {utcText(live.updatedAtMs).slice(11)}.
        {live.failure?.code === 'unauthenticated' && <LoadAgain>Sign in</LoadAgain>}
      </span>
    );
  }
  if (!now || !live.updatedAtMs) return <span className="text-muted text-xs">Updating</span>;
  return (
    <span className="whitespace-nowrap text-muted text-xs" title={utcText(live.updatedAtMs)}>
      Updated {ago(Math.max(now - live.updatedAtMs, 0))}
    </span>
  );
}

/** Greys its content while the connection is lost. */
export function LastKnown({
  lost,
  children,
  className,
}: {
  lost: boolean;
  children: React.ReactNode;
  className?: string;
}) {
  return <div className={cn(className, lost && 'opacity-60 grayscale')}>{children}</div>;
}
