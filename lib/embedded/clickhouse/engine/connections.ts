import type { Native } from './native';

/**
 * How many fresh connections are kept ready, how many used ones are kept, and how often one is reused, since it may
 * leak.
 */
const limits = { spares: 4, idle: 16, uses: 1000 };

type Idle = { connection: unknown; setup: string; uses: number };
export type Taken = { connection: unknown; prepared: boolean; give(clean: boolean): void };

/**
 * The engine's connections. Each runs one statement at a time. A session has its own until it is closed. A read without
 * a session reuses one that ran the same `setup`, since a read leaves nothing behind. Everything else gets a fresh one.
 */
export function createConnections(native: Native, path: string, args: string[]) {
  const spares: unknown[] = [];
  const idle: Idle[] = [];
  const sessions = new Map<number, unknown>();
  const refill = () => {
    if (spares.length < limits.spares) spares.push(native.CreateConnection(path, args));
    if (spares.length < limits.spares) setImmediate(refill);
  };
  refill();

  function fresh(): unknown {
    const connection = spares.pop() ?? native.CreateConnection(path, args);
    setImmediate(refill);
    return connection;
  }

  function ofSession(session: number): Taken {
    const connection = sessions.get(session) ?? fresh();
    sessions.set(session, connection);
    return { connection, prepared: false, give() {} };
  }

  function once(): Taken {
    const connection = fresh();
    return { connection, prepared: false, give: () => native.CloseConnection(connection) };
  }

  /** A connection for a read without a session. Give it back as not clean if anything failed, so that it is closed. */
  function shared(setup: string): Taken {
    const at = idle.findLastIndex((entry) => entry.setup === setup);
    const entry = at < 0 ? { connection: fresh(), setup, uses: 0 } : (idle.splice(at, 1)[0] as Idle);
    const give = (clean: boolean) => {
      entry.uses += 1;
      if (!clean || entry.uses >= limits.uses) return native.CloseConnection(entry.connection);
      idle.push(entry);
      const oldest = idle.length > limits.idle ? idle.shift() : undefined;
      if (oldest) native.CloseConnection(oldest.connection);
    };
    return { connection: entry.connection, prepared: at >= 0, give };
  }

  function close(session: number) {
    const connection = sessions.get(session);
    sessions.delete(session);
    if (connection) native.CloseConnection(connection);
  }

  return { ofSession, once, shared, close };
}
