import { problem } from '../problem';
import type { QueryRequest } from './request';

/** A client's session, and what its next statement must know of those before. */
export type ClientSession = {
  /** Number of its connection in the engine process. */
  number: number;
  database: string;
  /** Settings that the client SET, and their values. */
  settings: Map<string, string>;
  /** Statements that take back what an earlier request set for itself only; they run before the next one. */
  undo: string[];
  readonlySet: boolean;
};

/** What a session needs to know of a request. */
type Asking = Pick<QueryRequest, 'user' | 'session' | 'tables'>;
type Entry = ClientSession & { busy: boolean; generation: number; timer: NodeJS.Timeout | undefined };
export type HeldSession = { session: ClientSession; leave: () => void };

/**
 * Sessions by user and `session_id`. Each runs one statement at a time (else ClickHouse's 373) and is closed after its
 * timeout. After a crash of the engine its sessions are unknown. A request without `session_id` has no session, unless
 * it brings tables: then it has one that ends with the request.
 */
export function createSessions(engine: { generation(): number; close(session: number): void }) {
  const entries = new Map<string, Entry>();
  let nextNumber = 1;

  const create = (): Entry => ({
    number: nextNumber++,
    database: 'default',
    settings: new Map(),
    undo: [],
    readonlySet: false,
    busy: true,
    generation: engine.generation(),
    timer: undefined,
  });

  const close = (entry: Entry) => {
    if (entry.generation === engine.generation()) engine.close(entry.number);
  };

  function enter(request: Asking): HeldSession | null {
    if (request.session) return enterKnown(request, request.session);
    if (request.tables.length === 0) return null;
    const entry = create();
    return { session: entry, leave: () => close(entry) };
  }

  function enterKnown({ user }: Asking, { id, timeoutSeconds, check }: NonNullable<QueryRequest['session']>) {
    const key = `${user.name}\0${id}`;
    const found = entries.get(key);
    const known = found?.generation === engine.generation() ? found : undefined;
    if (known?.busy) throw problem(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client.`);
    if (!known && check) throw problem(372, 'SESSION_NOT_FOUND', `Session ${id} not found.`);
    const entry = known ?? create();
    entry.busy = true;
    clearTimeout(entry.timer);
    entries.set(key, entry);
    const expire = () => {
      if (entries.get(key) === entry) entries.delete(key);
      close(entry);
    };
    const leave = () => {
      entry.busy = false;
      if (timeoutSeconds === 0) return expire();
      entry.timer = setTimeout(expire, timeoutSeconds * 1000);
      entry.timer.unref();
    };
    return { session: entry, leave };
  }

  return { enter };
}
export type Sessions = ReturnType<typeof createSessions>;
