import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres } from '@/lib/embedded/postgres/start';
import { createLog } from '@/lib/log';
import { until } from '@/tests/support/until';
import { demoCookie } from './support/ask';
import { type Database, startDatabase, startWeb, type Web } from './support/web';

const log = createLog('tests', 'error');
let database: Database;
beforeAll(async () => {
  database = await startDatabase();
});
afterAll(() => database?.stop());

const read = async (web: Web, path: string, cookie = '') => {
  const response = await fetch(web.url + path, { headers: { cookie } });
  return { status: response.status, text: await response.text() };
};

test('while ClickHouse is down the pages are ready, and a read says so, also where a page was the first to ask', async () => {
  const web = await startWeb(database);
  try {
    expect(await read(web, '/api/ready')).toEqual({ status: 200, text: '{"ready":true,"parts":{"postgres":"ok"}}' });
    const cookie = await demoCookie(web.url, 'operator');
    expect((await read(web, '/customers', cookie)).status).toBe(200);
    const { status, text } = await read(web, '/api/discover', cookie);
    expect([status, JSON.parse(text)]).toEqual([
      503,
      {
        ok: false,
        error: {
          code: 'unavailable',
          message: 'ClickHouse does not answer. Nothing was changed by this request.',
          requestId: expect.any(String),
        },
      },
    ]);
    expect(web.output()).not.toContain('an unexpected error reached the edge');
  } finally {
    await web.stop();
  }
});

test('pages that start while Postgres is down are not ready, say so, and are as soon as it is back', async () => {
  await database.postgres.stop();
  const web = await startWeb(database);
  try {
    expect((await read(web, '/api/ready')).status).toBe(503);
    const { status, text } = await read(web, '/api/customers', 'slc_session=nobody');
    expect([status, text]).toEqual([503, expect.stringContaining('The console’s database does not answer.')]);
    database.postgres = await startPostgres({ dataDir: database.folder, log, durable: false });
    await until('somebody can sign in', () =>
      demoCookie(web.url, 'viewer').then(
        () => true,
        () => false,
      ),
    );
    expect((await read(web, '/api/customers', await demoCookie(web.url, 'viewer'))).status).toBe(200);
  } finally {
    await web.stop();
  }
});
