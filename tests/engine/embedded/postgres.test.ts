import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '@/lib/embedded/postgres/start';
import { connectPostgres } from '@/lib/postgres/client';
import { testLog as log } from '@/tests/support/fresh';

const closed = mkdtempSync(join(tmpdir(), 'slc-closed-'));
const open = mkdtempSync(join(tmpdir(), 'slc-open-'));
chmodSync(open, 0o755);
const outside: string[] = [];
afterAll(() => {
  for (const folder of [closed, open, ...outside]) rmSync(folder, { recursive: true, force: true });
});

async function ask(url: string, text: string): Promise<unknown[]> {
  const db = connectPostgres({ url, log, application: 'tests', connectionsMax: 1 });
  try {
    return (await db.pool.query(text)).rows;
  } finally {
    await db.close();
  }
}

const start = async (dataDir: string): Promise<RunningPostgres> => {
  const running = await startPostgres({ dataDir, log, durable: false });
  if (running.outsideFolder) outside.push(running.outsideFolder);
  return running;
};

it('keeps its data and its port over a stop and start, with chats that the console may only read', async () => {
  const first = await start(open);
  await ask(first.chatsOwnerUrl, "CREATE TABLE t AS SELECT 'kept' AS word");
  await first.stop();
  const second = await start(open);
  expect(second.url).toBe(first.url);
  expect(await ask(second.chatsUrl, 'SELECT word FROM t')).toEqual([{ word: 'kept' }]);
  await expect(ask(second.chatsUrl, 'BEGIN READ WRITE; DELETE FROM t')).rejects.toThrow(
    'permission denied for table t',
  );
  await expect(ask(second.url.replace(/console$/, 'chats'), 'SELECT 1')).rejects.toThrow('permission denied');
  await expect(ask(second.url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication');
  await second.stop();
});

it('ends the server that a killed supervisor left on its data, and goes on with it', async () => {
  const left = await start(open);
  const next = await start(open);
  expect(() => process.kill(left.pid, 0)).toThrow('ESRCH');
  expect(await ask(next.chatsUrl, 'SELECT word FROM t')).toEqual([{ word: 'kept' }]);
  await next.stop();
});

it.runIf(process.getuid?.() === 0)(
  'runs as root below a folder that its account cannot enter, and says where its data are',
  async () => {
    expect(statSync(closed).mode & 0o777).toBe(0o700);
    const dataDir = join(closed, 'clone', '.data');
    const first = await start(dataDir);
    expect(first.outsideFolder).toContain('stale-label-console-clone-');
    expect(statSync(first.outsideFolder ?? '').mode & 0o777).toBe(0o755);
    await ask(first.ownerUrl, "CREATE TABLE t AS SELECT 'kept' AS word");
    await first.stop();
    const second = await start(dataDir);
    expect(await ask(second.ownerUrl, 'SELECT word FROM t')).toEqual([{ word: 'kept' }]);
    await second.stop();
  },
);

it.runIf(process.getuid?.() === 0)('never takes up what an earlier clone of the same path left behind', async () => {
  const dataDir = join(closed, 'clone', '.data');
  rmSync(dirname(dataDir), { recursive: true });
  const fresh = await start(dataDir);
  expect(await ask(fresh.url, "SELECT to_regclass('t') AS found")).toEqual([{ found: null }]);
  await fresh.stop();
});
