/**
 * What the front asks of the engine process over its IPC channel. Bulk data never travels here: it goes through pipes.
 * `session` null means a Session of its own for this statement; `prefix` holds the statements that prepare it.
 */
export type EngineRequest =
  | { id: number; kind: 'query'; session: number | null; prefix: string; text: string; format: string }
  | { id: number; kind: 'insert'; session: number | null; prefix: string; head: string; data: Uint8Array }
  | { id: number; kind: 'close'; session: number };

/** What a finished statement tells: rows and bytes of the result (query) or written (insert), its output if it had one. */
export type EngineOutcome = { rows: number; bytes: number; elapsedMs: number; output: Uint8Array };

export type EngineReply = { id: number; outcome: EngineOutcome } | { id: number; error: string };

/** The first message of a started engine, or the sentence why it could not start. */
export type EngineHello =
  | { ready: true; version: string; timezone: string; pid: number }
  | { ready: false; reason: string };
