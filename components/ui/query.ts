import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Options } from './query-client';

type Client = typeof import('./query-client');
type Observed<T> = ReturnType<typeof import('./query-client').observe<T>>;

/** What a component sees of a read. */
export type Query<T> = {
  data: T | undefined;
  error: Error | null;
  isError: boolean;
  isPaused: boolean;
  isFetching: boolean;
  isPlaceholderData: boolean;
  dataUpdatedAt: number;
  refetch: () => unknown;
};

const againAfterMs = 2_000;

let client: Client | null = null;
let loading = false;
const waiting = new Set<() => void>();

/** A page is drawn and can be used before it reads again, so what reads comes after it. */
function onClient(onLoad: () => void): () => void {
  waiting.add(onLoad);
  if (client === null && !loading) void loadClient();
  return () => waiting.delete(onLoad);
}

async function loadClient(): Promise<void> {
  loading = true;
  try {
    client = await import('./query-client');
  } catch {
    setTimeout(loadClient, againAfterMs);
    return;
  }
  for (const tell of waiting) tell();
}

/**
 * A read that keeps itself fresh, by React Query. Until that is loaded, which takes as long as one file of the page, it
 * has its `initialData`.
 */
export function useQuery<T>(options: Options<T>): Query<T> {
  const loaded = useSyncExternalStore(
    onClient,
    () => client,
    () => null,
  );
  const [atMs] = useState(() => Date.now());
  const [observer, setObserver] = useState<Observed<T> | null>(null);
  if (loaded && !observer) setObserver(loaded.observe<T>(options));
  useSyncExternalStore(
    useCallback((onChange: () => void) => observer?.subscribe(onChange) ?? (() => undefined), [observer]),
    () => observer?.current() ?? null,
    () => null,
  );
  useEffect(() => observer?.setOptions(options), [observer, options]);
  return observer ? observer.resultOf(options) : beforeLoading(options, atMs);
}

function beforeLoading<T>({ initialData, enabled }: Options<T>, atMs: number): Query<T> {
  const data = initialData as T | undefined;
  return {
    data,
    error: null,
    isError: false,
    isPaused: false,
    isFetching: data === undefined && enabled !== false,
    isPlaceholderData: false,
    dataUpdatedAt: data === undefined ? 0 : atMs,
    refetch: () => undefined,
  };
}
