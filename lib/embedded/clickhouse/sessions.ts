import { problem } from './http/problem';
import type { QueryRequest } from './http/request';

/** A client's session: the engine's Session of this number, what was SET in it, and its database. */
export type ClientSession = { number: number; settings: Map<string, string>; database: string };

type Entry = ClientSession & { busy: boolean; generation: number; timer: NodeJS.Timeout | undefined };

/**
 * Sessions by user and `session_id`: one statement at a time (ClickHouse's 373 otherwise), closed after their timeout.
 * A session that an engine crash took along is unknown afterwards.
 */
export function createSessions(engine: { generation(): number; close(session: number): void }) {
  const entries = new Map<string, Entry>();
  let nextNumber = 1;

  function enter(request: QueryRequest): { session: ClientSession; leave: (close: boolean) => void } | null {
    if (!request.session) return null;
    const { id, timeoutSeconds, check } = request.session;
    const key = `${request.user.name}\0${id}`;
    const found = entries.get(key);
    const known = found && found.generation === engine.generation() ? found : undefined;
    if (known?.busy) throw problem(373, 'SESSION_IS_LOCKED', `Session ${id} is locked by a concurrent client`);
    if (!known && check) throw problem(372, 'SESSION_NOT_FOUND', `Session ${id} not found`);
    const entry: Entry = known ?? {
      number: nextNumber++,
      generation: engine.generation(),
      settings: new Map(),
      database: 'default',
      busy: true,
      timer: undefined,
    };
    entry.busy = true;
    clearTimeout(entry.timer);
    entries.set(key, entry);
    const close = () => {
      if (entries.get(key) === entry) entries.delete(key);
      if (entry.generation === engine.generation()) engine.close(entry.number);
    };
    const leave = (closeNow: boolean) => {
      entry.busy = false;
      if (closeNow || timeoutSeconds === 0) return close();
      entry.timer = setTimeout(close, timeoutSeconds * 1000);
      entry.timer.unref();
    };
    return { session: entry, leave };
  }

  return { enter };
}
export type Sessions = ReturnType<typeof createSessions>;
