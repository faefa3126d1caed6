// @ts-check
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './run.mjs';

const startWithinMs = 300_000;

/** @returns {Promise<number>} A loopback port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}

/**
 * Starts the whole console, which must be built, and waits until it is ready. Its data folder is new, or `dataDir`, which
 * is kept. Throws with the console's output if it does not become ready.
 * @param {{ dataDir?: string, port?: number, env?: Record<string, string> }} [options]
 */
export async function startStack(options = {}) {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'slc-stack-'));
  const port = options.port ?? (await freePort());
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(root, 'dist', 'supervisor.mjs')], {
    cwd: root,
    env: { ...process.env, SLC_LOG_LEVEL: 'info', ...options.env, SLC_DATA_DIR: dataDir, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const exited = /** @type {Promise<number>} */ (
    new Promise((resolve) => child.once('close', (code) => resolve(code ?? 1)))
  );
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += chunk;
        if (/^ready http/m.test(said)) resolve('ready');
      });
    }
  });
  const late = setTimeout(() => child.kill('SIGTERM'), startWithinMs);
  const outcome = await Promise.race([ready, exited]);
  clearTimeout(late);
  if (outcome !== 'ready') throw new Error(`The console did not become ready:\n${said.slice(-4_000)}`);
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    output: () => said,
    exited,
    /** @param {{ keep?: boolean }} [how] */
    async stop(how = {}) {
      child.kill('SIGTERM');
      const code = await exited;
      if (!how.keep && !options.dataDir) rmSync(dataDir, { recursive: true, force: true });
      return code;
    },
  };
}
