/**
 * A request of the front to the engine process over the IPC channel. Rows go through pipes; only small results are sent
 * here. `session` null means a connection without a client: one that has run the same `setup` before, if there is one.
 * A `read` counts result rows, a `write` written rows. `drain` asks for an output that was held.
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
  /** A read that leaves nothing on its connection, so that others with the same `setup` may use it too. */
  reuse: boolean;
  /** It drops a table of its session, whose memory is then given back. */
  drops?: boolean;
  text: Uint8Array;
  format: string;
};

/**
 * The result of a finished statement. `output` is what did not go into a pipe. An output that is too large for a
 * message is held in the engine under the number `held` until it is drained.
 */
export type EngineOutcome = { rows: number; bytes: number; elapsedMs: number; output: Uint8Array; held: number | null };

export type EngineReply = { id: number; outcome: EngineOutcome } | { id: number; error: string };

/** The first message of a started engine, or why it could not start. */
export type EngineHello =
  | { ready: true; version: string; timezone: string; outside: Set<string> }
  | { ready: false; reason: string };
