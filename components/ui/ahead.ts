import { useEffect } from 'react';

/** Loads what the page opens later, once the browser has nothing else to do. If that fails, opening it loads it. */
export function useAhead(load: () => Promise<unknown>): void {
  useEffect(() => {
    const ahead = () => void load().catch(() => undefined);
    // NOTE: Safari has no idle callbacks.
    if (!window.requestIdleCallback) {
      const timer = setTimeout(ahead, 2_000);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(ahead, { timeout: 10_000 });
    return () => cancelIdleCallback(idle);
  }, [load]);
}
