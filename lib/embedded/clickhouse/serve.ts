import { mkdirSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../errors';
import type { Log } from '../../log';
import { createEngine } from './engine/engine';
import { createSlots } from './engine/slots';
import { createHttpServer } from './http/server';
import { createSessions } from './http/sessions';
import type { UsersFile } from './users';

export type ServeOptions = {
  bundle: string;
  dataDir: string;
  host: string;
  /** 0 takes a free one. */
  port: number;
  users: UsersFile;
  /** How many statements may run at once, and how many may wait. */
  slots: number;
  queue: number;
  /** How long the engine process may be silent before it is killed and started again. */
  silentMaxMs: number;
  /** How long headers may take, and a body may stall; by default ClickHouse's 30 seconds. */
  receiveMs?: number;
  log: Log;
};

/** Starts engine and HTTP front; resolves when both answer. Throws AppError('unavailable') with the reason. */
export async function serveClickHouse(options: ServeOptions): Promise<{ url: string; stop(): Promise<void> }> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const engine = createEngine(options);
  await engine.start();
  const spillDir = join(options.dataDir, 'spill');
  rmSync(spillDir, { recursive: true, force: true });
  mkdirSync(spillDir);
  const context = {
    engine,
    slots: createSlots({ running: options.slots, queued: options.queue }),
    sessions: createSessions({
      generation: engine.generation,
      close: (session) => void engine.run({ kind: 'close', session }).catch(() => {}),
    }),
    users: options.users,
    displayName: 'stale-label-console',
    spillDir,
    running: new Set<string>(),
  };
  const server = createHttpServer(context, options);
  try {
    await listen(server, options);
  } catch (error) {
    await engine.stop();
    throw error;
  }
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

function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is taken. Choose another with --port.`;
      const sentence = cause.code === 'EADDRINUSE' ? taken : `Cannot listen on ${host}: ${cause.message}.`;
      reject(new AppError('unavailable', sentence, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
