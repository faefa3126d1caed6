import { execFile } from 'node:child_process';
import pg from 'pg';
import { expect, it } from 'vitest';
import { freshPostgres } from '../../support/fresh';
import { until } from '../../support/until';

const migrate = (env: Record<string, string>, ...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, SLC_DATA_DIR: '/nowhere', ...env } };
    execFile(process.execPath, ['dist/migrate.mjs', ...args], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });

it('the migration Job makes an empty database ready, changes nothing the second time, and says when there is none', async () => {
  const { chatsUrl: empty } = await freshPostgres();
  const first = await migrate({ DATABASE_URL: empty });
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('Ran 0001_customers.sql') });
  expect(await migrate({ DATABASE_URL: empty })).toMatchObject({
    code: 0,
    stdout: 'The database is up to date.\nThe queue is ready.\n',
  });
  expect(await migrate({ DATABASE_URL: '' })).toMatchObject({ code: 3, stderr: expect.stringContaining('not set') });
});

it('what waits for the migration ends once another process has migrated, and not before', async () => {
  const { chatsUrl: empty } = await freshPostgres();
  let ended = false;
  const waiting = migrate({ DATABASE_URL: empty, SLC_LOG_LEVEL: 'info' }, 'wait').finally(() => {
    ended = true;
  });
  await until('the waiting process has asked', async () => (await sessionsOf(empty)) > 0);
  expect(ended).toBe(false);
  expect((await migrate({ DATABASE_URL: empty })).code).toBe(0);
  expect((await waiting).stdout).toContain('The database is up to date.');
  expect((await migrate({ DATABASE_URL: empty }, 'wait')).code).toBe(0);
});

async function sessionsOf(url: string): Promise<number> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'slc-wait'`,
  );
  await client.end();
  return rows[0].n;
}
