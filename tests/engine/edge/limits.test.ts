import { afterAll, beforeAll, expect, test } from 'vitest';
import { createContext } from '@/lib/context';
import { requireWithinLimit } from '@/lib/edge/limits';
import { AppError } from '@/lib/errors';
import { connectPostgres } from '@/lib/postgres/client';
import { type TestContext, testContext } from '../../support/context';
import { ownerUrlOf, testLog } from '../../support/fresh';

let one: TestContext;

beforeAll(async () => {
  one = await testContext({ env: { SLC_ACTIONS_PER_MINUTE: '3', SLC_SIGN_INS_PER_MINUTE: '2' } });
});
afterAll(() => one.close());

const refusalOf = (attempt: Promise<void>) =>
  attempt.then(
    () => null,
    (error: unknown) => error as AppError,
  );

test('two web processes count one person together, and say when to try again', async () => {
  const other = createContext({ process: 'web', config: one.config, log: testLog });
  const person = { person: 'olga' };
  for (const ctx of [one, other, one]) await requireWithinLimit(ctx, 'action', person);
  const refused = await Promise.all([one, other].map((ctx) => refusalOf(requireWithinLimit(ctx, 'action', person))));
  for (const error of refused) {
    expect(error).toBeInstanceOf(AppError);
    expect(error?.code).toBe('limit');
    expect(error?.message).toMatch(/^Too many actions within a minute. Nothing was done. Try again in \d+ seconds?\.$/);
    expect(error?.retryAfterSeconds).toBeGreaterThan(0);
    expect(error?.retryAfterSeconds).toBeLessThanOrEqual(60);
  }
  await requireWithinLimit(other, 'action', { person: 'another' });
  await other.close();
});

test('people behind one address have five times the limit of one', async () => {
  for (let count = 0; count < 15; count += 1) await requireWithinLimit(one, 'action', { address: 'office' });
  expect((await refusalOf(requireWithinLimit(one, 'action', { address: 'office' })))?.code).toBe('limit');
});

test('sign-ins are counted apart from actions', async () => {
  for (let count = 0; count < 2; count += 1) await requireWithinLimit(one, 'sign-in', { address: 'here' });
  expect((await refusalOf(requireWithinLimit(one, 'sign-in', { address: 'here' })))?.message).toContain('sign-ins');
  await requireWithinLimit(one, 'action', { address: 'here' });
});

test('a count waits for a row as long as every other statement does, and no longer', async () => {
  const owner = connectPostgres({ url: ownerUrlOf(one.env.DATABASE_URL ?? ''), log: testLog, application: 'tests' });
  await owner.pool.query(`
    CREATE FUNCTION refuse_with_bound() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'ends after %', current_setting('statement_timeout'); END $$;
    CREATE TRIGGER bound BEFORE INSERT ON rate_limits FOR EACH ROW EXECUTE FUNCTION refuse_with_bound();`);
  const refused = await refusalOf(requireWithinLimit(one, 'action', { person: 'bound' }));
  await owner.pool.query('DROP TRIGGER bound ON rate_limits');
  await owner.close();
  expect(refused?.cause).toMatchObject({ message: 'ends after 1min' });
});

test('where the count cannot be kept nothing is let through, in a sentence', async () => {
  const config = { ...one.config, postgres: { ...one.config.postgres, url: 'postgres://x@127.0.0.1:9/x' } };
  const dead = createContext({ process: 'web', config, log: testLog });
  expect((await refusalOf(requireWithinLimit(dead, 'action', { person: 'olga' })))?.code).toBe('unavailable');
  await dead.close();
});
