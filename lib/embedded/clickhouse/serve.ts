import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { AppError } from '../../errors';
import type { Log } from '../../log';
import { createEngine } from './engine/engine';
import { createSlots } from './engine/slots';
import { createHttpServer } from './http/server';
import { createSessions } from './sessions';
import type { UsersFile } from './users';

export type ServeOptions = {
  bundle: string;
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  users: UsersFile;
  slots: number;
  queue: number;
  log: Log;
};

/** Table functions that reach only tables and memory; all others are for admins. */
const inside = new Set(
  `cluster clusterallreplicas dictionary format fuzzjson generate_series generateseries generaterandom input loop merge
  mergetreeindex mergetreeprojection null numbers numbers_mt primes sqlstandardvalues values view viewifpermitted zeros
  zeros_mt`.split(/\s+/),
);

/** Starts engine and HTTP front; resolves when both answer. Throws AppError('unavailable') with the reason. */
export async function serveClickHouse(options: ServeOptions): Promise<{ url: string; stop(): Promise<void> }> {
  mkdirSync(options.dataDir, { recursive: true });
  const engine = createEngine(options);
  await engine.start();
  const text = async (query: string) => {
    const { output } = await engine.run({ kind: 'query', session: null, prefix: '', text: query, format: 'TSV' });
    return Buffer.from(output).toString();
  };
  const functions = (await text('SELECT lower(name) FROM system.table_functions')).trim().split('\n');
  const outside = new Set(['catboostevaluate', 'disk', ...functions.filter((name) => !inside.has(name))]);
  const sessions = createSessions({
    generation: engine.generation,
    close: (session) => void engine.run({ kind: 'close', session }).catch(() => {}),
  });
  const slots = createSlots({ running: options.slots, queued: options.queue });
  const server = createHttpServer({
    engine,
    slots,
    sessions,
    users: options.users,
    displayName: 'stale-label-console',
    outside,
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      const sentence = taken
        ? `Port ${options.port} is taken. Choose another with --port.`
        : `Cannot listen on ${options.host}.`;
      reject(new AppError('unavailable', sentence, { cause }));
    });
    server.listen(options.port, options.host, resolve);
  }).catch(async (error) => {
    await engine.stop();
    throw error;
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await engine.stop();
    },
  };
}
