import { Client } from 'pg';
import { delay } from '@/lib/clock';
import { messageOf } from '@/lib/errors';
import type { Log } from '@/lib/log';

/** What Postgres gives notice of; the triggers of migration 0040 name these. */
export type Topic = 'stop' | 'campaigns' | 'orders';

export type Notices = {
  /** Whether a change is told at once. False while there is no connection, and behind a pooler, which delivers nothing. */
  heard(): boolean;
  /** Calls `changed` at each change, and when changes may have been missed, until `signal` aborts. */
  on(topic: Topic, signal: AbortSignal, changed: () => void): void;
  close(): Promise<void>;
};

const channel = 'slc_changes';
const againMs = { first: 1_000, most: 30_000 };

/** Listens on a connection of its own, from the first `on` until `close`. */
export function listenForNotices({ url, log, application }: { url: string; log: Log; application: string }): Notices {
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
    const own = new Client({
      connectionString: url,
      application_name: application,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    const over = new Promise<void>((resolve) => {
      own.on('error', () => resolve());
      own.on('end', () => resolve());
    });
    client = own;
    own.on('notification', ({ payload }) => tell(listeners.get(payload as Topic) ?? []));
    try {
      await own.connect();
      if (await isPooled(own)) return false;
      await own.query(`LISTEN ${channel}`);
      heard = true;
      tell([...listeners.values()].flatMap((each) => [...each]));
      await over;
      return true;
    } finally {
      heard = false;
      client = null;
      await own.end().catch(() => undefined);
    }
  }

  async function keepListening(): Promise<void> {
    for (let waitMs = againMs.first; !end.signal.aborted; waitMs = Math.min(againMs.most, waitMs * 2)) {
      try {
        if (!(await listen())) return;
        waitMs = againMs.first;
      } catch (error) {
        if (!end.signal.aborted) log.info({ reason: messageOf(error) }, 'changes are looked for, since none is told');
      }
      await delay(waitMs, end.signal).catch(() => undefined);
    }
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
 * where no change is told, or `work` answered that there is more to do. A failure goes to `failed`.
 */
export async function atChanges(
  { notices, topic, signal }: { notices: Notices; topic: Topic; signal: AbortSignal },
  { busyMs, idleMs }: { busyMs: number; idleMs: number },
  work: () => Promise<{ more: boolean }>,
  failed: (error: unknown) => void,
): Promise<void> {
  let changed = false;
  let goOn = () => {};
  notices.on(topic, signal, () => {
    changed = true;
    goOn();
  });
  signal.addEventListener('abort', () => goOn(), { once: true });
  while (!signal.aborted) {
    changed = false;
    const { more } = await work().catch((error) => {
      if (!signal.aborted) failed(error);
      return { more: true };
    });
    if (changed || signal.aborted) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, more || !notices.heard() ? busyMs : idleMs);
      goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
