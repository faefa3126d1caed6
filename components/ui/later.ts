import { useEffect, useState } from 'react';

/** A module that is loaded once the page is shown, and null until then. If it cannot be loaded, the page says so. */
export function useLater<T>(load: () => Promise<T>): T | null {
  const [loaded, setLoaded] = useState<T | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [first] = useState(() => load);
  useEffect(() => {
    let isGone = false;
    first().then(
      (module) => isGone || setLoaded(() => module),
      (error) => isGone || setFailure(error),
    );
    return () => {
      isGone = true;
    };
  }, [first]);
  if (failure !== null) throw failure;
  return loaded;
}
