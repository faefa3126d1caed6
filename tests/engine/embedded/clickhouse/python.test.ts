import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

const pinned = 'clickhouse-connect==1.12.0';
const venv = resolve('tests/.state/clickhouse-connect');
const python = join(venv, 'bin', 'python');

/** Installs the Python client into its own environment; false where Python or its index cannot be reached. */
function install(): boolean {
  if (existsSync(join(venv, 'ready'))) return true;
  mkdirSync(resolve('tests/.state'), { recursive: true });
  const steps: [string, string[]][] = [
    ['python3', ['-m', 'venv', venv]],
    [python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', pinned]],
    ['touch', [join(venv, 'ready')]],
  ];
  return steps.every(([command, args]) => spawnSync(command, args, { timeout: 110_000 }).status === 0);
}

const installed = install();
let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
});
afterAll(() => server.remove());

test.skipIf(!installed)('clickhouse-connect finds a ClickHouse: types, streams, tables, compression, errors', () => {
  const { port } = new URL(server.url());
  const script = resolve('tests/engine/embedded/clickhouse/client.py');
  const run = spawnSync(python, [script, port, 'admin', passwords.admin], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.stdout.trim().split('\n').at(-1)).toBe('all passed');
});
