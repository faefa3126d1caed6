import { notifyManager, QueryClient, QueryObserver, type QueryObserverOptions } from '@tanstack/react-query';

/** The reads of all pages of this tab. Only a browser has one. */
const client = new QueryClient({
  defaultOptions: {
    queries: { refetchIntervalInBackground: false, refetchOnWindowFocus: true, networkMode: 'always' },
  },
});
client.mount();

export type Options<T> = QueryObserverOptions<T>;

/** Watches a read for one component, as the hook of React Query does. */
export function observe<T>(first: Options<T>) {
  const observer = new QueryObserver<T>(client, first);
  return {
    /** The result for these options, which are set once they are drawn. Only what is read of it draws it again. */
    resultOf(options: Options<T>) {
      const whole = { ...client.defaultQueryOptions(options), _optimisticResults: 'optimistic' as const };
      return observer.trackResult(observer.getOptimisticResult(whole));
    },
    setOptions: (options: Options<T>) => observer.setOptions(options),
    subscribe(onChange: () => void): () => void {
      const forget = observer.subscribe(notifyManager.batchCalls(onChange));
      observer.updateResult();
      return forget;
    },
    current: () => observer.getCurrentResult(),
  };
}
