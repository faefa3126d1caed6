import type { Context } from '@/lib/context';
import { every, poll } from '@/lib/poll';
import type { Db } from '@/lib/postgres/client';
import type { Stop } from './model';
import { selectStop } from './sql/stops';

/** With the longest step of a listener this keeps "stop everything" within a second. */
const lookEveryMs = 300;

type Listener = (stop: Stop | null) => void;
type Watch = { listeners: Set<Listener>; last: Stop | null | undefined; end: AbortController };

/** One look for all listeners of a database, while there are some. */
const watches = new WeakMap<Db, Watch>();

/**
 * Calls `changed` with "stop everything" soon, and again within half a second of its being stopped, hastened or lifted,
 * until `signal` aborts. While Postgres does not answer nothing changes.
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
    try {
      const stop = (await ctx.db.query(selectStop))[0] ?? null;
      const known = watch.last;
      watch.last = stop;
      if (known !== undefined && known?.id === stop?.id && known?.immediately === stop?.immediately) return null;
      for (const listener of watch.listeners) listener(stop);
    } catch (error) {
      ctx.log.warn({ err: error }, 'whether everything is stopped could not be read');
    }
    return null;
  };
  poll({ ...every(lookEveryMs), signal: watch.end.signal }, look).catch(() => undefined);
  return watch;
}
