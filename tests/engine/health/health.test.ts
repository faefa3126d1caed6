import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHealth } from '@/lib/health/read-health';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';
import { type TestContext, testContext } from '@/tests/support/context';
import { ownerUrlOf, testLog } from '@/tests/support/fresh';

let ctx: TestContext;
let owner: Postgres;
beforeAll(async () => {
  ctx = await testContext();
  const url = ownerUrlOf(ctx.config.postgres.url);
  owner = connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 3 });
});
afterAll(async () => {
  await owner?.close();
  await ctx?.close();
});

const postgresOf = async (db: Postgres) => {
  const { parts, status } = await readHealth({ ...ctx, db });
  return { status, part: parts.find(({ name }) => name === 'postgres') };
};

it('health names the role of the console, which may only add to the audit', async () => {
  const { part } = await postgresOf(ctx.db);
  expect(part).toMatchObject({
    status: 'ok',
    sentence: expect.stringMatching(/as slc_app, who may add to the audit and not change it\.$/),
  });
});

it('health tells of one role for both as a fault, with what to do', async () => {
  const { status, part } = await postgresOf(owner);
  expect(status).not.toBe('ok');
  expect(part).toMatchObject({
    status: 'warning',
    facts: { user: 'console' },
    sentence: expect.stringMatching(
      /as console\. The console works as console, which owns the audit and so could change it\. Give DATABASE_URL a separate role and MIGRATION_DATABASE_URL the owner's, and migrate again/,
    ),
  });
});

it('health tells of a superuser, and of rights beyond adding, as the same fault', async () => {
  const database = new URL(ctx.config.postgres.url).pathname.slice(1);
  const admin = connectPostgres({
    url: ctx.config.chats.url.replace(/[^/]+$/, database),
    log: testLog,
    application: 'tests',
    connectionsMax: 3,
  });
  expect((await postgresOf(admin)).part).toMatchObject({
    status: 'warning',
    sentence: expect.stringContaining('is a superuser'),
  });
  await admin.close();
  await owner.pool.query('GRANT DELETE ON audit TO slc_app');
  const { part } = await postgresOf(ctx.db);
  await owner.pool.query('REVOKE DELETE ON audit FROM slc_app');
  expect(part?.status).toBe('warning');
  expect(part?.sentence).toContain('has more than SELECT and INSERT on the audit and so could change it.');
});
