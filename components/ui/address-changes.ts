/** A change of the address: `text` null takes the key out. Until it is written, and seen by the router, pages show it. */
type Change = { text: string | null; path: string; isWritten: boolean };
export type WriteHow = { push: boolean; throttleMs: number };

let changes: ReadonlyMap<string, Change> = new Map();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | null = null;
let writtenAtMs = 0;
let push = false;
/** The longest of those that wait: they are written together. */
let throttleMs = 0;

export const changesOf = () => changes;

export function onChanges(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function replace(next: ReadonlyMap<string, Change>) {
  changes = next;
  for (const listener of listeners) listener();
}

/** Shows a change now, and writes it to the address with all others of the moment. */
export function write(key: string, text: string | null, how: WriteHow): void {
  replace(new Map(changes).set(key, { text, path: window.location.pathname, isWritten: false }));
  push ||= how.push;
  throttleMs = Math.max(throttleMs, how.throttleMs);
  if (timer) clearTimeout(timer);
  timer = setTimeout(flush, Math.max(0, writtenAtMs + throttleMs - Date.now()));
}

function flush() {
  timer = null;
  throttleMs = 0;
  writtenAtMs = Date.now();
  const { pathname, search, hash } = window.location;
  const waiting = [...changes].filter(([, change]) => !change.isWritten && change.path === pathname);
  const params = new URLSearchParams(search);
  for (const [key, { text }] of waiting) text === null ? params.delete(key) : params.set(key, text);
  const query = queryOf(params);
  const isPushed = push;
  push = false;
  const kept = [...changes].filter(([, change]) => change.path === pathname);
  replace(new Map(kept.map(([key, change]) => [key, { ...change, isWritten: true }])));
  if (query === search.replace(/^\?/, '')) return settle(params);
  // NOTE: Next hears of both, and draws what reads the address again.
  window.history[isPushed ? 'pushState' : 'replaceState'](null, '', `${pathname}${query && `?${query}`}${hash}`);
}

/** Forgets what the router has seen by now, and what the address does not have any more. */
export function settle(seen: { get: (key: string) => string | null }): void {
  const now = new URLSearchParams(window.location.search);
  const kept = [...changes].filter(
    ([key, { text, path, isWritten }]) =>
      path === window.location.pathname && (!isWritten || (now.get(key) === text && seen.get(key) !== text)),
  );
  if (kept.length < changes.size) replace(new Map(kept));
}

/** Names and values as people read them: commas, colons and slashes stay. */
export const queryOf = (params: URLSearchParams): string =>
  params.toString().replace(/%(2C|3A|2F|40|24|3B)/g, (code) => decodeURIComponent(code));
