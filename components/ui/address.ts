'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { changesOf, onChanges, settle, type WriteHow, write } from './address-changes';
import type { ChangeOf, Parser, Parsers, ValuesOf } from './address-parsers';

/** `push` can be gone back from. */
export type Options = { history?: 'push' | 'replace'; throttleMs?: number };
export type SetQueryStates<P extends Parsers> = (change: ChangeOf<P>, options?: Options) => void;
export type QueryStates<P extends Parsers> = [ValuesOf<P>, SetQueryStates<P>];

const none: ReturnType<typeof changesOf> = new Map();

/**
 * Values that are in the page’s address, and what changes them. A change is seen at once by all that show it, and is
 * written to the address without a question to the server. `urlKeys`: other names in the address.
 */
export function useQueryStates<P extends Parsers>(
  parsers: P,
  options: Options & { urlKeys?: Partial<Record<keyof P, string>> } = {},
): QueryStates<P> {
  const search = useSearchParams();
  const changes = useSyncExternalStore(onChanges, changesOf, () => none);
  useEffect(() => settle(search), [search]);
  const textOfName = (name: string) => {
    const key = options.urlKeys?.[name] ?? name;
    const change = changes.get(key);
    return change && change.path === window.location.pathname ? change.text : search.get(key);
  };
  // The texts say all of it: a page has the same parsers at each drawing.
  const texts = JSON.stringify(Object.keys(parsers).map((name) => [name, textOfName(name)]));
  const newest = useRef({ parsers, options });
  newest.current = { parsers, options };
  const values = useMemo(() => {
    const read = JSON.parse(texts) as [string, string | null][];
    return Object.fromEntries(read.map(([name, text]) => [name, shownOf(newest.current.parsers[name], text)]));
  }, [texts]);
  const set: SetQueryStates<P> = useCallback((change, asked) => {
    const { parsers: known, options: usual } = newest.current;
    for (const [name, value] of Object.entries(change)) {
      const parser = known[name];
      if (!parser || value === undefined) continue;
      const how: WriteHow = {
        push: (asked?.history ?? usual.history) === 'push',
        throttleMs: asked?.throttleMs ?? parser.throttleMs,
      };
      write(usual.urlKeys?.[name] ?? name, textOf(parser, value), how);
    }
  }, []);
  return [values as ValuesOf<P>, set];
}

/** One value that is in the page’s address. */
export function useQueryState<T, Shown>(
  name: string,
  parser: Parser<T, Shown>,
): [Shown, (value: T | null, options?: Options) => void] {
  const [values, set] = useQueryStates({ [name]: parser });
  const setOne = useCallback((value: T | null, options?: Options) => set({ [name]: value }, options), [name, set]);
  return [values[name] as Shown, setOne];
}

function shownOf<T>(parser: Parser<T> | undefined, text: string | null): T | null {
  if (!parser) return null;
  return (text === null ? null : parser.parse(text)) ?? parser.fallback;
}

/** Null where it need not be written. */
function textOf<T>(parser: Parser<T>, value: T | null): string | null {
  if (value === null) return null;
  const text = parser.serialize(value);
  return parser.fallback !== null && parser.serialize(parser.fallback) === text ? null : text;
}
