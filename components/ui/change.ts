'use client';

import { unstable_isUnrecognizedActionError, unstable_rethrow } from 'next/navigation';
import { startTransition, useState } from 'react';
import { earlyRefusals, type Failure, type Result } from '@/lib/edge/model';
import { messageOf } from '@/lib/errors';

/**
 * A change that a person makes: whether it is under way, and why the last one failed.
 * NOTE: it is no transition. React would hold back every other transition until it ends, and each link of a page is
 * one.
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
      // Signals of Next, such as a redirect, belong to the boundary above.
      startTransition(() => {
        throw thrown;
      });
    } finally {
      setPending(false);
    }
  }
  return { change, pending, failure };
}

/**
 * The answer of an action. If it threw, as when the console is down, a failure with a sentence, so that the page stays.
 */
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
  if (refusal) {
    const code = refusal === earlyRefusals[401] ? 'unauthenticated' : 'invalid_input';
    return { code, message: refusal, requestId: '' };
  }
  const message = 'The console did not answer. It may or may not have done what you asked: check before you try again.';
  return { code: 'unavailable', message, requestId: '' };
}
