import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startClickHouse } from '@/lib/embedded/clickhouse/start';
import { createLog } from '@/lib/log';
import { until } from '@/tests/support/until';
import { type OwnClickHouse, ownClickHouse, passwords } from './helper';

let server: OwnClickHouse;
beforeAll(async () => {
  server = await ownClickHouse();
  await server.ask('CREATE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n');
});
afterAll(() => server.remove());

const value = async (statement: string) => (await server.ask(statement)).text;
const enginePid = () => Number(execFileSync('pgrep', ['-P', String(server.pid())]).toString());
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const log = createLog('clickhouse-test', 'silent');

/** A statement without end, seen running. */
async function runForever(): Promise<void> {
  const counts = "SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(cityHash64%'";
  server.ask('SELECT sum(cityHash64(number)) FROM numbers(1e15)').catch(() => {});
  await until('the statement runs', async () => (await value(counts)) === '1\n');
}

test('data survives a stop and a kill, and no process stays behind, whatever runs', async () => {
  await value('INSERT INTO kept VALUES (1)');
  await runForever();
  const first = [server.pid(), enginePid()];
  await server.stop();
  expect(first.map(isAlive)).toEqual([false, false]);
  await server.startAgain();
  await value('INSERT INTO kept VALUES (2)');
  await runForever();
  const engine = enginePid();
  process.kill(server.pid(), 'SIGKILL');
  await until('the orphaned engine ends', () => !isAlive(engine));
  await server.startAgain();
  expect(await value('SELECT groupArray(n) FROM (SELECT n FROM kept ORDER BY n)')).toBe('[1,2]\n');
});

test('a second process on the same folder, or the same port, gets one sentence', async () => {
  const twice = startClickHouse({ dataDir: server.dataDir, users: passwords, log });
  await expect(twice).rejects.toThrow(/cannot be opened\. Another process may hold it/);
  const taken = createServer().listen(0, '127.0.0.1');
  await until('the port is taken', () => taken.listening);
  const address = taken.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const clash = startClickHouse({ dataDir: `${server.dataDir}/other`, port, users: passwords, log });
  await expect(clash).rejects.toThrow(`Port ${port} is taken`);
  taken.close();
});

test('only loopback is listened on unless told, and wrong use ends with 2', () => {
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['dist/clickhouse.mjs', ...args], { encoding: 'utf8' });
  const remote = run('--data', `${server.dataDir}/third`, '--host', '0.0.0.0');
  expect([remote.status, remote.stderr]).toEqual([
    2,
    '0.0.0.0 is not a loopback address. Add --allow-remote to listen there.\n',
  ]);
  expect(run().status).toBe(2);
});

test('without a given password one is minted and kept, and a body that does not come is given up', async () => {
  const args = ['--data', `${server.dataDir}/own`, '--port', '0', '--receive-seconds', '1'];
  const child = spawn(process.execPath, ['dist/clickhouse.mjs', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await until('it is ready', () => /^ready /m.test(said));
    const url = new URL(/^ready (.*)$/m.exec(said)?.[1] ?? '');
    const password = readFileSync(`${server.dataDir}/own/password`, 'utf8');
    expect(said).not.toContain(password);
    expect(statSync(`${server.dataDir}/own/password`).mode & 0o777).toBe(0o600);
    const status = async (headers: Record<string, string>) =>
      (await fetch(`${url}?query=SELECT%201`, { headers })).status;
    expect(await status({})).toBe(403);
    expect(await status({ 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': password })).toBe(200);
    for (const sent of ['POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n1', 'GET / HT']) {
      const half = connect(Number(url.port), '127.0.0.1', () => half.write(sent)).on('error', () => {});
      half.resume();
      await until('the half request is ended', () => half.closed);
    }
  } finally {
    child.kill();
  }
});

test('a crash of the engine is answered with 503 until it is back, with its data', async () => {
  const first = enginePid();
  const reading = server.ask('SELECT sleep(3)', { query: { session_id: 'lost' } });
  await until(
    'the read runs',
    async () => (await value("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sleep(3)%'")) === '1\n',
  );
  process.kill(first, 'SIGSEGV');
  expect((await reading).status).toBe(503);
  const meanwhile = await server.ask('SELECT 1');
  expect([200, 503]).toContain(meanwhile.status);
  await until('the engine is back', async () => (await server.ask('SELECT 1')).status === 200);
  expect(enginePid()).not.toBe(first);
  expect(await value('SELECT count() FROM kept')).toBe('2\n');
  const lost = await server.ask('SELECT 1', { query: { session_id: 'lost', session_check: '1' } });
  expect(lost.headers.get('x-clickhouse-exception-code')).toBe('372');
});

test('an engine that hangs is answered with 503, then killed and started again; one that works hard is not', async () => {
  const dataDir = `${server.dataDir}/hangs`;
  const hangs = await startClickHouse({ dataDir, users: passwords, log, silentSeconds: 3 });
  const engine = () => Number(spawnSync('pgrep', ['-P', String(hangs.pid)]).stdout.toString());
  const ask = async (body: string) => {
    const headers = { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': passwords.admin };
    const answer = await fetch(hangs.url, { method: 'POST', body, headers });
    return { status: answer.status, text: await answer.text() };
  };
  const first = engine();
  await ask('CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY cityHash64(n)');
  const startedAt = performance.now();
  do {
    expect((await ask('INSERT INTO t SELECT number FROM numbers_mt(5000000)')).status).toBe(200);
  } while (performance.now() - startedAt < 5_000);
  expect(engine()).toBe(first);
  const kept = (await ask('SELECT count() FROM t')).text;
  process.kill(first, 'SIGSTOP');
  await until('the silence is told', async () => {
    const ping = await fetch(`${hangs.url}/ping`);
    return ping.status === 503 && (await ping.text()).startsWith('The engine does not answer.');
  });
  expect(await ask('SELECT 1')).toMatchObject({ status: 503 });
  await until('the engine is back', async () => (await ask('SELECT 1')).status === 200);
  expect(engine()).not.toBe(first);
  expect((await ask('SELECT count() FROM t')).text).toBe(kept);
  await hangs.stop();
});

test('an INSERT whose body breaks off writes nothing of the incomplete block', async () => {
  await value('CREATE TABLE broken (n UInt64) ENGINE = MergeTree ORDER BY n');
  const { hostname, port } = new URL(server.url());
  const socket = connect(Number(port), hostname);
  const auth = Buffer.from(`admin:${passwords.admin}`).toString('base64');
  socket.write(
    `POST /?query_id=breaks&query=INSERT+INTO+broken+FORMAT+TSV HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Basic ${auth}\r\nContent-Length: 1000000\r\n\r\n1\n2\n3\n`,
  );
  const running = "SELECT count() FROM system.processes WHERE query_id = 'breaks'";
  await until('the INSERT runs', async () => (await value(running)) === '1\n');
  socket.destroy();
  await until('the INSERT is gone', async () => (await value(running)) === '0\n');
  expect(await value('SELECT count() FROM broken')).toBe('0\n');
});

test('a damaged row is refused with the engine’s own words and writes nothing', async () => {
  const answer = await server.ask('1\nnot a number\n', { query: { query: 'INSERT INTO broken FORMAT TSV' } });
  expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([400, '27']);
  expect(answer.text).not.toContain(server.dataDir);
  expect(await value('SELECT count() FROM broken')).toBe('0\n');
});

test('statements beyond the slots wait, beyond the queue they are refused, and none is lost', async () => {
  const small = await startClickHouse({
    dataDir: `${server.dataDir}/small`,
    users: passwords,
    log,
    slots: 2,
    queue: 3,
  });
  const ask = () =>
    fetch(small.url, {
      method: 'POST',
      body: 'SELECT sleep(0.5)',
      headers: { 'X-ClickHouse-User': 'admin', 'X-ClickHouse-Key': passwords.admin },
    });
  const statuses = (await Promise.all(Array.from({ length: 8 }, ask))).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(5);
  expect(statuses.filter((status) => status === 503)).toHaveLength(3);
  await small.stop();
});
