/**
 * What the front asks of the engine process over its IPC channel. Rows never travel here: they go through pipes.
 * `session` null means a Session of its own for this statement. A `read` counts result rows, a `write` written ones.
 */
export type EngineRequest =
  | { id: number; kind: 'read' | 'write'; session: number | null; text: Uint8Array; format: string }
  | { id: number; kind: 'close'; session: number };

/** What a finished statement tells; `output` is what did not go into a pipe. */
export type EngineOutcome = { rows: number; bytes: number; elapsedMs: number; output: Uint8Array };

export type EngineReply = { id: number; outcome: EngineOutcome } | { id: number; error: string };

/** The first message of a started engine, or the reason why it could not start. */
export type EngineHello =
  | { ready: true; version: string; timezone: string; outside: Set<string> }
  | { ready: false; reason: string };
