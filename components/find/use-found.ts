import { useEffect, useRef, useState } from 'react';
import { answered } from '@/components/ui/change';
import { findAnything } from '@/lib/find/actions';
import type { Found, Search } from '@/lib/find/model';

/** A pause in typing of so long is when the words are looked up. */
const pauseMs = 250;
const shortest = 3;

type Answer = { search: Search; found: Found | null; failure: string | null };

/**
 * What the server understands of typed words or of a pasted ticket; null while there is no answer to what is asked now.
 * An answer that comes after something else was asked is dropped.
 */
export function useFound(search: Search, { enabled, atOnce }: { enabled: boolean; atOnce: boolean }) {
  const [answer, setAnswer] = useState<Answer | null>(null);
  const key = JSON.stringify(search);
  const asked = useRef(key);
  asked.current = key;
  const wanted = enabled && search.text.trim().length >= shortest;
  useEffect(() => {
    if (!wanted) return;
    const timer = setTimeout(
      async () => {
        const search: Search = JSON.parse(key);
        const result = await answered(() => findAnything(search));
        if (asked.current !== key) return;
        setAnswer(
          result.ok
            ? { search, found: result.data, failure: null }
            : { search, found: null, failure: result.error.message },
        );
      },
      atOnce ? 0 : pauseMs,
    );
    return () => clearTimeout(timer);
  }, [key, wanted, atOnce]);
  const current = wanted && answer && JSON.stringify(answer.search) === key ? answer : null;
  return { found: current?.found ?? null, failure: current?.failure ?? null, pending: wanted && current === null };
}
