import { isUtf8 } from 'node:buffer';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../errors';
import { patiently } from '../../../patience';
import { poll } from '../../../poll';
import { literal } from '../sql/quote';
import { createConnections } from './connections';
import { createHeld } from './held';
import type { EngineOutcome, EngineRequest, EngineStatement } from './messages';
import { loadNative, type Native } from './native';
import { writeServerConfig } from './server-config';

/** The 64 MB of a statement and room for what is added to it. */
const querySizeMax = 70_000_000;
const empty = new Uint8Array(0);
const nothing: EngineOutcome = { rows: 0, bytes: 0, elapsedMs: 0, output: empty, held: null };
/** How long statements may take to end when the process ends. */
const endWithinMs = 2_000;
/** A killed engine may hold the lock of its folder for a moment, so opening is repeated. */
const openWithinMs = 4_000;

/** Table functions that reach only tables and memory. All others, and some ordinary functions, are forbidden. */
const inside = new Set(
  `cluster clusterallreplicas dictionary format fuzzjson generate_series generateseries generaterandom input loop merge
  mergetreeindex mergetreeprojection null numbers numbers_mt primes sqlstandardvalues values view viewifpermitted zeros
  zeros_mt`.split(/\s+/),
);
const outsideToo = 'aiclassify aiembed aiextract aigenerate aitranslate catboostevaluate disk'.split(' ');

/**
 * Opens the engine on its folder. Rejects with AppError('unavailable') if another process has the folder.
 */
export async function openStore(dataDir: string) {
  const native = loadNative();
  const path = join(dataDir, 'store');
  mkdirSync(path, { recursive: true });
  const args = [...writeServerConfig(dataDir), `--max_query_size=${querySizeMax}`];
  const first = await openFirst(native, path, args);
  const text = async (query: string) =>
    Buffer.from((await native.QueryAsyncConnection(first, query, 'TSV')).bytes)
      .toString()
      .trim();

  dieOfCrashes();
  await makeDefaultDatabasePlain(text);
  const [version = '', timezone = ''] = (await text('SELECT version(), timezone()')).split('\t');
  const functions = (await text('SELECT lower(name) FROM system.table_functions')).split('\n');
  const outside = new Set([...outsideToo, ...functions.filter((name) => !inside.has(name))]);

  const connections = createConnections(native, path, args);
  const held = createHeld();

  async function answer(request: EngineRequest): Promise<EngineOutcome> {
    if (request.kind === 'beat') return nothing;
    if (request.kind === 'close') connections.close(request.session);
    else if (request.kind === 'drain') await held.drain(request.held, request.path);
    else return execute(request);
    return nothing;
  }

  let running = 0;

  /** Kills all statements. Resolves with whether all ended: the process cannot exit while one runs. */
  async function end(): Promise<boolean> {
    if (running > 0) await text('KILL QUERY WHERE 1 ASYNC').catch(() => {});
    await poll({ firstMs: 20, mostMs: 100, withinMs: endWithinMs }, () => (running === 0 ? true : null));
    return running === 0;
  }

  async function execute(request: EngineStatement): Promise<EngineOutcome> {
    const { session, setup, reuse } = request;
    const taken =
      session !== null ? connections.ofSession(session) : reuse ? connections.shared(setup) : connections.once();
    let clean = false;
    running += 1;
    try {
      const outcome = await run(native, taken.connection, request, taken.prepared ? '' : setup);
      // NOTE: a connection keeps what it dropped until its next statement, which a session may not have for a while.
      if (request.drops) await native.QueryAsyncConnection(taken.connection, 'SELECT 1', 'Null');
      clean = true;
      const number = held.hold(outcome.output);
      return number === null ? outcome : { ...outcome, output: empty, held: number };
    } finally {
      running -= 1;
      taken.give(clean);
    }
  }

  return { answer, end, facts: { version, timezone, outside } };
}

async function run(native: Native, connection: unknown, request: EngineStatement, setup: string) {
  const text = Buffer.from(request.text);
  if (request.kind === 'read' && isUtf8(text)) {
    const r = await native.QueryAsyncConnection(connection, setup + text.toString(), request.format);
    return { rows: r.rowsRead, bytes: r.bytesRead, elapsedMs: r.elapsed * 1000, output: r.bytes, held: null };
  }
  const r = await native.InsertRawAsyncConnection(connection, setup, text, false);
  return { rows: r.rowsWritten, bytes: r.bytesWritten, elapsedMs: r.elapsed * 1000, output: empty, held: null };
}

/**
 * The crash handlers of the engine never return in this process, so it would hang instead of ending (this was tried).
 * Adding and removing a listener restores the system's default, so that a crash ends the process and the front sees it.
 */
function dieOfCrashes(): void {
  for (const signal of ['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'] as const) {
    const listener = () => {};
    process.on(signal, listener);
    process.off(signal, listener);
  }
}

const openFirst = (native: Native, path: string, args: string[]): Promise<unknown> =>
  patiently({ msFor: () => openWithinMs }, async () => native.CreateConnection(path, args)).catch((cause) => {
    const sentence = `The ClickHouse data in ${path} cannot be opened. Another process may hold it: stop that one first.`;
    throw new AppError('unavailable', sentence, { cause });
  });

/**
 * At each start the engine replaces the database `default` by a view of the file system, in which any path is a table.
 * Attached again, it is an ordinary Atomic database with the same tables.
 */
async function makeDefaultDatabasePlain(text: (query: string) => Promise<string>): Promise<void> {
  const uuid = await text("SELECT uuid FROM system.databases WHERE name = 'default' AND engine = 'Overlay'");
  if (uuid === '') return;
  await text('DETACH DATABASE default');
  await text(`ATTACH DATABASE default UUID ${literal(uuid)} ENGINE = Atomic`);
}
