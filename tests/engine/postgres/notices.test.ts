import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { insertStop, liftStop } from '@/lib/holds/sql/stops';
import { watchStop } from '@/lib/holds/watch-stop';
import { atChanges, listenForNotices } from '@/lib/postgres/notices';
import { ensureQueue, inTransaction } from '@/lib/postgres/queue';
import { workQueue } from '@/lib/postgres/work-queue';
import { type TestContext, testContext } from '../../support/context';
import { adminOf, testLog } from '../../support/fresh';
import { until } from '../../support/until';

let ctx: TestContext;
const over = new AbortController();
const { signal } = over;

beforeAll(async () => {
  ctx = await testContext({ process: 'worker' });
});
afterAll(async () => {
  over.abort(new Error('the test is over'));
  await ctx.close();
});

const stop = () => ctx.db.query(insertStop, { id: randomUUID(), by: 'tests', reason: 'test', immediately: false });
const lift = () => ctx.db.query(liftStop, { by: 'tests', reason: 'over' });
const database = () => new URL(ctx.config.postgres.url).pathname.slice(1);

it('a change is looked at as soon as it is made, however seldom it is looked otherwise, and also after the connection was lost', async () => {
  let looks = 0;
  const look = async () => {
    looks += 1;
    return { more: false };
  };
  const pace = { busyMs: 3_600_000, idleMs: 3_600_000 };
  void atChanges({ notices: ctx.db.notices, topic: 'stop', signal }, pace, look, () => undefined);
  await until('it listens', async () => ctx.db.notices.heard());
  const after = async (change: () => Promise<unknown>) => {
    const before = looks;
    await change();
    await until('it looks again', async () => looks > before);
  };
  await after(stop);
  await after(lift);
  const admin = adminOf('postgres');
  const cut = () =>
    admin.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND query = 'LISTEN slc_changes'`,
      [database()],
    );
  await after(cut);
  await until('it listens again', async () => ctx.db.notices.heard());
  await after(stop);
  await after(lift);
  await admin.close();
});

/** A way to Postgres that falls silent on every connection that it has, without an end, as when a cable is cut. */
async function wayThatFallsSilent(): Promise<{ url: string; cut(): void; close(): Promise<void> }> {
  const url = new URL(ctx.config.postgres.url);
  const at = { port: Number(url.port), host: url.hostname };
  const sockets: Socket[] = [];
  const way = createServer((socket) => {
    const server = connect(at);
    for (const [from, to] of [
      [socket, server],
      [server, socket],
    ] as const) {
      sockets.push(from);
      from.pipe(to).on('error', () => undefined);
    }
  });
  await once(way.listen(0, '127.0.0.1'), 'listening');
  url.port = String((way.address() as AddressInfo).port);
  return {
    url: url.href,
    cut() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => way.close(resolve));
    },
  };
}

it('a connection that fell silent without an end is noticed and replaced, and what changed meanwhile is looked at', async () => {
  const way = await wayThatFallsSilent();
  const signOfLife = { everyMs: 100, withinMs: 500 };
  const notices = listenForNotices({ url: way.url, log: testLog, application: 'slc-test', signOfLife });
  let looks = 0;
  notices.on('stop', signal, () => {
    looks += 1;
  });
  await until('it listens', () => notices.heard());
  const before = looks;
  way.cut();
  await stop();
  await until('it is noticed', () => !notices.heard(), 20_000);
  await until('it listens again, and looks', () => notices.heard() && looks > before, 20_000);
  const again = looks;
  await lift();
  await until('it hears of changes', () => looks > again, 20_000);
  await notices.close();
  await way.close();
});

it('a stop reaches its listeners, and so does its end', async () => {
  const seen: (string | null)[] = [];
  watchStop(ctx, signal, (one) => seen.push(one?.reason ?? null));
  await until('the first look', async () => seen.length === 1);
  await stop();
  await until('the stop', async () => seen.length === 2);
  await lift();
  await until('its end', async () => seen.length === 3);
  expect(seen).toEqual([null, 'test', null]);
});

it('a backlog is taken without a pause between two jobs, and a job that a silent worker held is taken by another', async () => {
  const boss = await ctx.queue();
  const name = 'notices-test';
  const options = {
    policy: 'standard',
    expireInSeconds: 600,
    heartbeatSeconds: 10,
    retryLimit: 10,
    retryDelay: 0,
  } as const;
  await ensureQueue(boss, name, options);
  await ctx.db.transaction(async (tx) => {
    for (let at = 0; at < 30; at += 1) await boss.send(name, { at }, inTransaction(tx));
  });
  const [silent] = await boss.fetch(name);
  await ctx.db.pool.query(`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute' WHERE id = $1`, [
    silent?.id,
  ]);
  const taken = new Set<number>();
  const startedAt = performance.now();
  const queue = { boss, name, db: ctx.db, log: ctx.log, signal };
  await workQueue(queue, { places: [{}], resendLost: async () => 0 }, async (data) => {
    taken.add((data as { at: number }).at);
  });
  await until('all are taken', async () => taken.size === 30);
  // One place that looked for each job only once a second would take half a minute.
  expect(performance.now() - startedAt).toBeLessThan(15_000);
});
