import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { messageOf } from '../../../errors';
import type { EngineHello, EngineOutcome, EngineReply, EngineRequest } from './messages';
import { writeServerConfig } from './server-config';

type NativeQuery = { bytes: Uint8Array; elapsed: number; rowsRead: number; bytesRead: number };
type NativeInsert = { elapsed: number; rowsWritten: number; bytesWritten: number };
/** The addon below `chdb`: only it takes a statement as bytes and tells the rows an insert wrote. */
type Native = {
  CreateConnection(path: string, args: string[]): unknown;
  CloseConnection(connection: unknown): void;
  QueryAsyncConnection(connection: unknown, text: string, format: string): Promise<NativeQuery>;
  InsertRawAsyncConnection(connection: unknown, head: string, data: Uint8Array, lines: boolean): Promise<NativeInsert>;
};

const spareSessions = 8;
const nothing = new Uint8Array(0);

/**
 * The body of the engine process: opens the data directory, says hello, then runs what the front asks.
 * It ends when the front does, so a killed front never leaves an engine that holds the data directory.
 */
export async function runEngineProcess(dataDir: string): Promise<void> {
  const say = (message: EngineHello | EngineReply) => process.send?.(message);
  process.once('disconnect', () => process.exit(0));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  try {
    const engine = openEngine(dataDir);
    const [version = '', timezone = ''] = (await engine.text('SELECT version(), timezone()')).trim().split('\t');
    process.on('message', (request: EngineRequest) => {
      engine.answer(request).then(
        (outcome) => say({ id: request.id, outcome }),
        (error) => say({ id: request.id, error: messageOf(error) }),
      );
    });
    say({ ready: true, version, timezone, pid: process.pid });
  } catch (error) {
    say({ ready: false, reason: messageOf(error) });
    process.disconnect?.();
  }
}

function openEngine(dataDir: string) {
  const native = loadNative();
  const path = join(dataDir, 'store');
  mkdirSync(path, { recursive: true });
  const args = writeServerConfig(dataDir);
  const open = () => native.CreateConnection(path, args);
  const keeper = open();
  const spares: unknown[] = [];
  const sessions = new Map<number, unknown>();

  const refill = () => {
    if (spares.length >= spareSessions) return;
    spares.push(open());
    if (spares.length < spareSessions) setImmediate(refill);
  };
  refill();

  const take = (session: number | null) => {
    const known = session === null ? undefined : sessions.get(session);
    if (known) return known;
    const connection = spares.pop() ?? open();
    setImmediate(refill);
    if (session !== null) sessions.set(session, connection);
    return connection;
  };

  async function answer(request: EngineRequest): Promise<EngineOutcome> {
    if (request.kind === 'close') {
      const connection = sessions.get(request.session);
      sessions.delete(request.session);
      if (connection) native.CloseConnection(connection);
      return { rows: 0, bytes: 0, elapsedMs: 0, output: nothing };
    }
    const connection = take(request.session);
    try {
      if (request.kind === 'query') {
        const r = await native.QueryAsyncConnection(connection, request.prefix + request.text, request.format);
        return { rows: r.rowsRead, bytes: r.bytesRead, elapsedMs: r.elapsed * 1000, output: r.bytes };
      }
      const r = await native.InsertRawAsyncConnection(connection, request.prefix + request.head, request.data, false);
      return { rows: r.rowsWritten, bytes: r.bytesWritten, elapsedMs: r.elapsed * 1000, output: nothing };
    } finally {
      if (request.session === null) native.CloseConnection(connection);
    }
  }

  const text = async (query: string) =>
    Buffer.from((await native.QueryAsyncConnection(keeper, query, 'TSV')).bytes).toString();
  return { answer, text };
}

function loadNative(): Native {
  const require = createRequire(import.meta.url);
  require('chdb/libchdb').resolveLibchdb();
  const names: Record<string, string> = {
    'linux-x64': '@chdb/lib-linux-x64-gnu',
    'linux-arm64': '@chdb/lib-linux-arm64-gnu',
    'darwin-x64': '@chdb/lib-darwin-x64',
    'darwin-arm64': '@chdb/lib-darwin-arm64',
  };
  return require(names[`${process.platform}-${process.arch}`] ?? '');
}
