import { expect, it } from 'vitest';
import { connectPostgres } from '@/lib/postgres/client';
import { freshPostgres, testLog } from '../support/fresh';

const connect = (url: string) => connectPostgres({ url, log: testLog, application: 'tests', connectionsMax: 1 });

it('says "may be saved or not" of a connection that broke in COMMIT, and "nothing was changed" of one before it', async () => {
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
    message: expect.stringContaining('may be saved or not'),
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
