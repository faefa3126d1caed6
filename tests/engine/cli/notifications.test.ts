import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const cli = (...args: string[]) => runCli(ctx.env, ['notifications', ...args]);

it('a rule is changed where it is named, and stays as it was elsewhere', async () => {
  const set = await cli('set-rule', 'finding new', 'slack', '--affected', '100', '--urgent', '--json');
  expect(JSON.parse(set.out)).toMatchObject({ enabled: true, affectedMin: 100, shareMin: 0.01, urgent: true });
  const rules = await cli('rules', '--json');
  expect(JSON.parse(rules.out).rules.filter((one: { changedBy: unknown }) => one.changedBy !== null)).toHaveLength(1);
});

it('what cannot be is refused with a sentence, and what is not configured is said', async () => {
  const bad = await cli('set-rule', 'nothing', 'slack', '--on');
  expect([bad.code, bad.errors]).toEqual([2, expect.stringContaining('are no event and channel')]);
  const worse = await cli('set-rule', 'finding new', 'slack', '--affected', 'many');
  expect([worse.code, worse.errors]).toEqual([2, expect.stringContaining('affectedMin')]);
  const test = await cli('test', 'email');
  expect(test.errors).toContain('not configured');
  const channels = await cli('channels');
  expect([channels.code, channels.out]).toEqual([0, expect.stringContaining('not configured')]);
});
