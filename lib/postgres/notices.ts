import { Socket } from 'node:net';
import { Client } from 'pg';
import { firstOf, patience } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { atIntervals, poll, whenWoken } from '@/lib/poll';

/** What Postgres gives notice of; the triggers of migration 0040 name these. */
export type Topic = 'stop' | 'campaigns' | 'orders';

export type Notices = {
  /**
   * Whether a change is announced at once. False while there is no connection, and behind a pooler, which delivers nothing.
   * A connection that died without a word is noticed within half a minute, so a user of notices also looks at intervals.
   */
  heard(): boolean;
  /** Calls `changed` at each change, and when changes may have been missed, until `signal` aborts. */
  on(topic: Topic, signal: AbortSignal, changed: () => void): void;
  close(): Promise<void>;
};

/** To say it again changes nothing. */
const listenText = 'LISTEN slc_changes';

/**
 * How often the connection is asked for a sign of life, and how long it has for that. TCP's own keep-alive says nothing of
 * a server behind a balancer, which answers it.
 */
const alive = { everyMs: 20_000, withinMs: 10_000 };

/** Listens on a connection of its own, from the first `on` until `close`. */
export function listenForNotices({
  url,
  log,
  application,
  signOfLife = alive,
}: {
  url: string;
  log: Log;
  application: string;
  signOfLife?: typeof alive;
}): Notices {
  const listeners = new Map<Topic, Set<() => void>>();
  const end = new AbortController();
  let client: Client | null = null;
  let heard = false;
  let listening: Promise<void> | null = null;
  const tell = (changed: Iterable<() => void>) => {
    for (const each of changed) each();
  };

  /** Listens until the connection ends. Returns false where a pooler answers. */
  async function listen(): Promise<boolean> {
    const socket = new Socket();
    const own = new Client({
      connectionString: url,
      application_name: application,
      connectionTimeoutMillis: 5_000,
      stream: () => socket,
    });
    const ended = new AbortController();
    const over = new Promise<void>((resolve) => {
      own.on('error', () => resolve());
      own.on('end', () => resolve());
    });
    client = own;
    own.on('notification', ({ payload }) => tell(listeners.get(payload as Topic) ?? []));
    try {
      await own.connect();
      if (await isPooled(own)) return false;
      await own.query(listenText);
      heard = true;
      tell([...listeners.values()].flatMap((each) => [...each]));
      void atIntervals(
        signOfLife.everyMs,
        ended.signal,
        () => within(own.query(listenText), signOfLife.withinMs),
        (error) => {
          if (!ended.signal.aborted) log.info({ reason: messageOf(error) }, 'the connection of notices is given up');
          socket.destroy();
        },
      );
      await over;
      return true;
    } finally {
      heard = false;
      client = null;
      ended.abort(new Error('the connection has ended'));
      await own.end().catch(() => undefined);
    }
  }

  async function keepListening(): Promise<void> {
    const again = async () =>
      (await listen().catch((error) => {
        if (!end.signal.aborted)
          log.info({ reason: messageOf(error) }, 'changes are looked for, since none is announced');
        return true;
      }))
        ? null
        : 'a pooler announces nothing';
    await poll({ firstMs: 1_000, mostMs: 5_000, signal: end.signal }, again).catch(() => undefined);
  }

  return {
    heard: () => heard,
    on(topic, signal, changed) {
      if (signal.aborted || end.signal.aborted) return;
      const own = listeners.get(topic) ?? new Set();
      listeners.set(topic, own.add(changed));
      signal.addEventListener('abort', () => own.delete(changed), { once: true });
      listening ??= keepListening();
    },
    async close() {
      end.abort(new Error('the database is closed'));
      await client?.end().catch(() => undefined);
      await listening;
    },
  };
}

function within<T>(answer: Promise<T>, withinMs: number): Promise<T> {
  const over = new AbortController();
  const silence = patience(withinMs, over.signal).then(() => {
    throw new Error('it gives no sign of life');
  });
  return firstOf([answer, silence], over);
}

/**
 * Whether a pooler such as PgBouncer is before the server: then the session that answers is not the one that greeted. A
 * pooler in transaction mode accepts LISTEN, but delivers nothing.
 */
export async function isPooled(client: Client): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
  return 'processID' in client && client.processID !== rows[0].pid;
}

/**
 * Does `work` at once and at each change of the topic, until `signal` aborts: and anyway every `idleMs`, or every `busyMs`
 * where no change is announced, or `work` answered that there is more to do. A failure goes to `failed`.
 */
export async function atChanges(
  { notices, topic, signal }: { notices: Notices; topic: Topic; signal: AbortSignal },
  { busyMs, idleMs }: { busyMs: number; idleMs: number },
  work: () => Promise<{ more: boolean }>,
  failed: (error: unknown) => void,
): Promise<void> {
  const look = async () => {
    const { more } = await work().catch((error) => {
      if (!signal.aborted) failed(error);
      return { more: true };
    });
    return more || !notices.heard() ? busyMs : idleMs;
  };
  await whenWoken((wake) => notices.on(topic, signal, wake), signal, look);
}
