import type { Context } from '@/lib/context';
import type { Postgres } from '@/lib/postgres/client';
import { atChanges } from '@/lib/postgres/notices';
import type { Stop } from './model';
import { selectStop } from './sql/stops';

/**
 * A stop is announced at once. Where it is known that none is, `busyMs` keeps "stop everything" within a second; where the
 * connection died without a word, `idleMs` keeps it within about two until that is noticed.
 */
const pace = { busyMs: 300, idleMs: 2_000 };

type Listener = (stop: Stop | null) => void;
type Watch = { listeners: Set<Listener>; last: Stop | null | undefined; end: AbortController };

/** One look for all listeners of a database, while there are some. */
const watches = new WeakMap<Postgres, Watch>();

/**
 * Calls `changed` with "stop everything" soon, and again within half a second of its being stopped, hastened or lifted, or
 * within about two where the notice is lost, until `signal` aborts. While Postgres does not answer nothing changes.
 */
export function watchStop(ctx: Pick<Context, 'db' | 'log'>, signal: AbortSignal, changed: Listener): void {
  if (signal.aborted) return;
  const watch = watches.get(ctx.db) ?? begin(ctx);
  watch.listeners.add(changed);
  if (watch.last !== undefined) changed(watch.last);
  signal.addEventListener(
    'abort',
    () => {
      watch.listeners.delete(changed);
      if (watch.listeners.size > 0) return;
      watch.end.abort(new Error('nobody watches'));
      if (watches.get(ctx.db) === watch) watches.delete(ctx.db);
    },
    { once: true },
  );
}

function begin(ctx: Pick<Context, 'db' | 'log'>): Watch {
  const watch: Watch = { listeners: new Set(), last: undefined, end: new AbortController() };
  watches.set(ctx.db, watch);
  const look = async () => {
    const stop = (await ctx.db.query(selectStop))[0] ?? null;
    const known = watch.last;
    watch.last = stop;
    if (known === undefined || known?.id !== stop?.id || known?.immediately !== stop?.immediately)
      for (const listener of watch.listeners) listener(stop);
    return { more: false };
  };
  const failed = (error: unknown) => ctx.log.warn({ err: error }, 'whether everything is stopped could not be read');
  const { signal } = watch.end;
  void atChanges({ notices: ctx.db.notices, topic: 'stop', signal }, pace, look, failed);
  return watch;
}
