import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../support/bundle';
import { type TestContext, testContext } from '../../support/context';
import { until } from '../../support/until';

let ctx: TestContext;
let built: Awaited<ReturnType<typeof bundle>>;
const workers: ChildProcess[] = [];
beforeAll(async () => {
  [ctx, built] = await Promise.all([testContext(), bundle(['worker'])]);
});
afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await ctx?.close();
  built?.remove();
});

/** An address for Postgres: nothing listens there until `open`. It goes away at packet `goesAt`. */
async function place({ goesAt = Number.POSITIVE_INFINITY } = {}) {
  const to = new URL(ctx.env.DATABASE_URL ?? '');
  const sockets = new Set<Socket>();
  let packets = 0;
  const count = () => {
    packets += 1;
    if (packets !== goesAt) return;
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', count).on('close', () => sockets.delete(socket));
    const there = connect(Number(to.port), to.hostname);
    // What goes away ends its session at the server. A session that stays open would keep its locks.
    socket.on('error', () => socket.destroy()).on('close', () => there.destroy());
    there.on('error', () => there.destroy()).on('close', () => socket.destroy());
    socket.pipe(there).pipe(socket);
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  await new Promise((resolve) => server.close(resolve));
  const url = Object.assign(new URL(to), { port: String(port) }).href;
  return { url, open: () => listen(port), close: () => server.close() };
}

function startWorker(url: string) {
  const env = { ...process.env, ...ctx.env, DATABASE_URL: url, SLC_LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [`${built.distDir}/worker.mjs`], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  workers.push(child);
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, ended, said: () => text };
}

/** Every line of the log is one JSON object whose `msg` is what a person reads. */
const messages = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).msg);

it('a worker that starts while Postgres is down says so, waits, and works once it answers', async () => {
  const postgres = await place();
  const worker = startWorker(postgres.url);
  await until('it said that it waits', () => messages(worker.said()).some((said) => said.includes('Trying again')));
  expect(messages(worker.said())).toContain(
    'The console’s database does not answer. Nothing was changed by this request. Trying again until it does.',
  );
  expect(worker.said()).toContain('ECONNREFUSED');
  await postgres.open();
  await until('it works', () => messages(worker.said()).includes('the worker is ready'), 30_000);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  postgres.close();
});

it.each([2, 5, 10, 15, 20, 25])(
  'a worker from which Postgres goes away while it starts, at its packet %i, waits, and works once it answers',
  async (goesAt) => {
    const postgres = await place({ goesAt });
    await postgres.open();
    const worker = startWorker(postgres.url);
    await until('it waits', () => messages(worker.said()).some((said) => said.includes('Trying again')), 30_000);
    await postgres.open();
    await until('it works', () => messages(worker.said()).includes('the worker is ready'), 30_000);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
    postgres.close();
  },
);

it('a worker that is told to stop while it waits for Postgres stops at once', async () => {
  const worker = startWorker((await place()).url);
  await until('it said that it waits', () => messages(worker.said()).some((said) => said.includes('Trying again')));
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
});

it('a worker whose password Postgres refuses says that, and waits for another', async () => {
  const url = Object.assign(new URL(ctx.env.DATABASE_URL ?? ''), { password: 'wrong' }).href;
  const worker = startWorker(url);
  await until('it said it', () => messages(worker.said()).some((said) => said.includes('refuses this user')));
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
});
