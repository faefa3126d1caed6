import { execFile } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordAudit } from '@/lib/audit/record-audit';
import type { Actor } from '@/lib/auth/model';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { type TestContext, testContext } from '@/tests/support/context';
import { freshPostgres, testLog } from '@/tests/support/fresh';

const actor: Actor = { name: 'anna', role: 'operator', via: 'web', requestId: 'request 1' };

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
  await ctx.db.transaction((tx) => recordAudit(tx, actor, { action: 'test.done', subject: 'a thing' }));
});
afterAll(() => ctx.close());

describe('the role that web, worker and CLI work as', () => {
  it.each([
    ['UPDATE audit SET reason = reason', /permission denied for table audit/],
    ['DELETE FROM audit', /permission denied for table audit/],
    ['TRUNCATE audit', /permission denied for table audit/],
    ['DROP TABLE audit', /must be owner of table audit/],
    ['ALTER TABLE audit DISABLE TRIGGER ALL', /must be owner of table audit/],
    ['ALTER TABLE audit ADD COLUMN more text', /must be owner of table audit/],
    ['ALTER TABLE audit RENAME TO other', /must be owner of table audit/],
    ['CREATE RULE gone AS ON INSERT TO audit DO INSTEAD NOTHING', /must be owner of (table|relation) audit/],
    [
      'CREATE TRIGGER other BEFORE INSERT ON audit EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      /permission denied for table audit/,
    ],
    [
      "INSERT INTO audit (at, actor, role, via, request_id, action, subject) VALUES (now() - interval '1 day', 'a', 'b', 'c', 'd', 'e', 'f')",
      /permission denied for table audit/,
    ],
    ['SET session_replication_role = replica', /permission denied to set parameter/],
    ['SET ROLE console', /permission denied to set role/],
    ['DELETE FROM schema_migrations', /permission denied for table schema_migrations/],
    ['CREATE TABLE other (a int)', /permission denied for schema public/],
    ['CREATE SCHEMA other', /permission denied for database/],
  ])('cannot %s', async (text, refusal) => {
    await expect(ctx.db.pool.query(text)).rejects.toThrow(refusal);
    expect((await ctx.db.pool.query('SELECT subject FROM audit')).rows).toEqual([{ subject: 'a thing' }]);
  });
});

const run = (env: Record<string, string>) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    const options = { env: { ...process.env, SLC_DATA_DIR: '/nowhere', ...env } };
    execFile(process.execPath, ['dist/migrate.mjs'], options, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text: stdout + stderr }),
    );
  });

describe('a migration with two roles', () => {
  let admin: Postgres;
  let empty: { url: string; ownerUrl: string };
  beforeAll(async () => {
    const made = await freshPostgres();
    admin = connectPostgres({ url: made.chatsUrl, log: testLog, application: 'tests', connectionsMax: 1 });
    const database = new URL(made.chatsUrl).pathname.slice(1);
    await admin.pool.query(`ALTER DATABASE ${database} OWNER TO console`);
    const within = (url: string) => url.replace(/[^/]+$/, database);
    empty = { url: within(made.url), ownerUrl: within(made.ownerUrl) };
  });
  afterAll(() => admin.close());

  it('is refused to the app alone, with the variable to set', async () => {
    const { code, text } = await run({ DATABASE_URL: empty.url });
    expect({ code, text }).toEqual({ code: 1, text: expect.stringMatching(/Set MIGRATION_DATABASE_URL/) });
  });

  it('gives the app tables, the queue, and later tables without a word', async () => {
    expect(await run({ DATABASE_URL: empty.url, MIGRATION_DATABASE_URL: empty.ownerUrl })).toMatchObject({
      code: 0,
      text: expect.stringMatching(/0001_customers.*\nThe queue is ready/),
    });
    const app = connectPostgres({ url: empty.url, log: testLog, application: 'tests', connectionsMax: 1 });
    const rights = `
      SELECT relname AS name, has_table_privilege('public.' || relname, 'SELECT') AS may_read,
        has_table_privilege('public.' || relname, 'DELETE') AS may_write
      FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relowner = 'console'::regrole`;
    const found = (await app.pool.query(rights)).rows;
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter((table) => !table.may_read)).toEqual([]);
    expect(
      found
        .filter((table) => !table.may_write)
        .map((table) => table.name)
        .sort(),
    ).toEqual(expect.arrayContaining(['audit', 'schema_migrations']));
    // Through a pooler it would hide the real table from another client's connection.
    await expect(app.pool.query('CREATE TEMP TABLE audit (a int)')).rejects.toThrow(/permission denied/);
    await app.close();
    expect((await run({ DATABASE_URL: empty.url })).text).toBe('The database is up to date.\nThe queue is ready.\n');
  });
});
