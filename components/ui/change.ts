'use client';

import { unstable_isUnrecognizedActionError, unstable_rethrow } from 'next/navigation';
import { startTransition, useState } from 'react';
import { earlyRefusals, type Failure, type Result } from '@/lib/edge/model';
import { messageOf } from '@/lib/errors';

/**
 * A change that a person makes: whether it is under way, and what refused it last.
 * NOTE: no transition, since React lets no other one end before it, and every link of the page is one.
 */
export function useChange() {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);
  async function change<T>(act: () => Promise<Result<T>>, onDone: (data: T) => void, onFailure?: () => void) {
    setPending(true);
    try {
      const result = await answered(act);
      setFailure(result.ok ? null : result.error);
      if (result.ok) onDone(result.data);
      else onFailure?.();
    } catch (thrown) {
      // Next's own signals are for the boundary above.
      startTransition(() => {
        throw thrown;
      });
    } finally {
      setPending(false);
    }
  }
  return { change, pending, failure };
}

/** What an action answered; a sentence where it threw, as when the console is not there, so that the page stays. */
export async function answered<T>(act: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await act();
  } catch (thrown) {
    unstable_rethrow(thrown);
    return { ok: false, error: failureOf(thrown) };
  }
}

function failureOf(thrown: unknown): Failure {
  if (unstable_isUnrecognizedActionError(thrown)) {
    const message = 'The console was updated since this page was opened. Nothing was changed; reload the page.';
    return { code: 'conflict', message, requestId: '' };
  }
  const refusal = Object.values(earlyRefusals).find((sentence) => sentence === messageOf(thrown));
  if (refusal) return { code: 'invalid_input', message: refusal, requestId: '' };
  const message =
    'The console did not answer, and whether it did what was asked is not known. Look before it is repeated.';
  return { code: 'unavailable', message, requestId: '' };
}
