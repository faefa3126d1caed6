import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { freshPostgres } from '../support/fresh';

const migrate = (env: Record<string, string>) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { ...process.env, SLC_DATA_DIR: '/nowhere', ...env } };
    execFile(process.execPath, ['dist/migrate.mjs'], options, (error, stdout, stderr) =>
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
