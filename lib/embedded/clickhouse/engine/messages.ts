/**
 * What the front asks of the engine process over its IPC channel. Rows never travel here but for small results; they
 * go through pipes. `session` null means a connection of no client: one that has run the same `setup` before, if there
 * is such a one. A `read` counts result rows, a `write` written ones. `drain` asks for an output that was held.
 */
export type EngineRequest =
  | EngineStatement
  | { id: number; kind: 'close'; session: number }
  | { id: number; kind: 'drain'; held: number; path: string | null }
  | { id: number; kind: 'beat' };

export type EngineStatement = {
  id: number;
  kind: 'read' | 'write';
  session: number | null;
  /** Statements that a connection runs once, before its first `text`. */
  setup: string;
  /** A read that leaves nothing on its connection: others with the same `setup` may run there too. */
  reuse: boolean;
  text: Uint8Array;
  format: string;
};

/**
 * What a finished statement tells; `output` is what did not go into a pipe. An output too large for a message is held
 * in the engine under the number `held` until it is drained.
 */
export type EngineOutcome = { rows: number; bytes: number; elapsedMs: number; output: Uint8Array; held: number | null };

export type EngineReply = { id: number; outcome: EngineOutcome } | { id: number; error: string };

/** The first message of a started engine, or the reason why it could not start. */
export type EngineHello =
  | { ready: true; version: string; timezone: string; outside: Set<string> }
  | { ready: false; reason: string };
