import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createLog } from '@/lib/log';
import { connectPostgres } from '@/lib/postgres/client';
import { migrate } from '@/lib/postgres/migrate';
import { pgStatement } from '@/lib/postgres/statement';
import { freshPostgres, testLog } from '../../support/fresh';
import { until } from '../../support/until';

const connect = (url: string) => connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 1 });

it('says "may or may not be saved" of a connection that broke in COMMIT, and "nothing was changed" of one before it', async () => {
  const { url, ownerUrl } = await freshPostgres();
  const owner = connect(ownerUrl);
  await owner.pool.query(`
    CREATE TABLE written (id integer);
    GRANT INSERT ON written TO slc_app;
    CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER breaks AFTER INSERT ON written
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off();`);
  await owner.close();
  const db = connect(url);
  const inCommit = db.transaction(async ({ client }) => client.query('INSERT INTO written VALUES (1)'));
  await expect(inCommit).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('may or may not be saved'),
  });
  const before = db.transaction(async ({ client }) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  await expect(before).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('Nothing was changed'),
  });
  const refused = db.transaction(async ({ client }) => client.query('INSERT INTO nowhere VALUES (1)'));
  await expect(refused).rejects.toMatchObject({ code: '42P01' });
  await db.close();
});

it('what is to be done once a transaction is saved is not done where it is rolled back', async () => {
  const { url } = await freshPostgres();
  const db = connect(url);
  const done: string[] = [];
  await db.transaction(async ({ onceSaved }) => onceSaved(() => done.push('saved')));
  const failing = db.transaction(async ({ onceSaved }) => {
    onceSaved(() => done.push('rolled back'));
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(done).toEqual(['saved']);
  await db.close();
});

it('a migration that waits for a lock lets others pass, and runs once it gets the lock', async () => {
  const { chatsUrl: url } = await freshPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'slc-locks-'));
  const run = () => migrate({ url, ownerUrl: '', folder, log: createLog('tests', 'error'), application: 'tests' });
  writeFileSync(join(folder, '0001_made.sql'), 'CREATE TABLE made (id integer)');
  await run();
  writeFileSync(join(folder, '0002_changed.sql'), 'ALTER TABLE made ADD COLUMN more integer');
  const [holder, reader] = [connect(url), connect(url)];
  const held = await holder.pool.connect();
  await held.query('BEGIN; SELECT FROM made');
  let ended = false;
  const running = run().finally(() => {
    ended = true;
  });
  await until('the migration waits', async () => {
    const { rows } = await held.query('SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation IS NOT NULL');
    return rows[0].n > 0;
  });
  await reader.pool.query('SELECT FROM made');
  expect(ended).toBe(false);
  await held.query('COMMIT');
  held.release();
  expect(await running).toEqual(['0002_changed.sql']);
  await Promise.all([holder.close(), reader.close()]);
  rmSync(folder, { recursive: true });
});

it('a read of one exchange that fails passes its error on, and leaves a sound connection to the next', async () => {
  const { url } = await freshPostgres();
  const db = connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 1, pipelined: true });
  const reading = (sql: string) => db.query(statementOf(`SELECT ${sql} AS one`));
  const [before] = await reading('pg_backend_pid()');
  await expect(reading('1 / 0')).rejects.toMatchObject({ code: '22012' });
  await expect(reading('nowhere')).rejects.toMatchObject({ code: '42703' });
  await expect(reading("'no number'")).rejects.toThrow(z.ZodError);
  expect(await Promise.all([1, 2, 3].map((n) => reading(`${n}`)))).toEqual([1, 2, 3].map((n) => [{ one: n }]));
  expect(await reading('pg_backend_pid()'), 'the same connection').toEqual([before]);
  await expect(reading('pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The console’s database does not answer. Nothing was changed by this request.',
  });
  expect(await reading('1')).toEqual([{ one: 1 }]);
  await db.close();
});

it.each([
  ['one exchange', true],
  ['three exchanges', false],
])('says that a server which froze does not answer a read of %s, within its patience', async (_, pipelined) => {
  const { url } = await freshPostgres();
  const front = await freezable(new URL(url));
  const db = connectPostgres({
    url: front.url,
    log: testLog,
    application: 'tests',
    connectionsMax: 2,
    patienceMs: 300,
    pipelined,
  });
  await db.query(one);
  front.freeze();
  await expect(db.query(one)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The console’s database does not answer. Nothing was changed by this request.',
  });
  front.thaw();
  expect(await db.query(one)).toEqual([{ one: 1 }]);
  await db.close();
  front.close();
});

const statementOf = (text: string) => pgStatement({ name: 'tests.one', text, row: z.object({ one: z.number() }) });
const one = statementOf('SELECT 1 AS one');

/** A way to Postgres that can hold back what is sent, as a server that was stopped does. */
async function freezable(target: URL) {
  const pairs: [Socket, Socket][] = [];
  const server = createServer((near) => {
    const far = connectTo(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    pairs.push([near, far]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      for (const [near, far] of pairs) near.unpipe(far);
    },
    thaw: () => {
      for (const [near, far] of pairs) near.pipe(far);
    },
    close: () => {
      for (const socket of pairs.flat()) socket.destroy();
      server.close();
    },
  };
}
