'use client';

import { useState, useTransition } from 'react';
import type { Failure, Result } from '@/lib/server/model';

/** A change that a person makes: whether it is under way, and what refused it last. */
export function useChange() {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, startTransition] = useTransition();
  const change = <T>(act: () => Promise<Result<T>>, onDone: (data: T) => void) =>
    startTransition(async () => {
      const result = await act();
      setFailure(result.ok ? null : result.error);
      if (result.ok) onDone(result.data);
    });
  return { change, pending, failure };
}
