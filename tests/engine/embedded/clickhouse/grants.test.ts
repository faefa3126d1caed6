import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestContext, testContext } from '../../../support/context';

/** The embedded engine has no users, so that these are read by its parser, which knows every right by name. */
const statementsOf = (file: string) =>
  readFileSync(`deploy/clickhouse/${file}`, 'utf8')
    .replace(/^--.*$/gm, '')
    .split(';')
    .map((text) => text.trim())
    .filter((text) => text !== '');

let ctx: TestContext;
beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx?.close());

const format = async (query: string): Promise<string> => {
  const answer = await ctx.admin.client.query({
    query: 'SELECT formatQuerySingleLine({query:String}) AS text',
    query_params: { query },
    format: 'JSONEachRow',
  });
  const [row] = await answer.json<{ text: string }>();
  return row?.text ?? '';
};

describe('deploy/clickhouse', () => {
  it.each(['users.sql', 'index.sql'])('%s is understood by ClickHouse, statement by statement', async (file) => {
    const statements = statementsOf(file);
    expect(statements.length).toBeGreaterThan(1);
    for (const statement of statements) expect(await format(statement), statement).not.toBe('');
  });

  it('has no right that ClickHouse does not know', async () => {
    await expect(format('GRANT SELEC ON a.b TO c')).rejects.toThrow(/Syntax error/);
  });

  it('makes the users that the configuration names, each with a password, and gives nobody a right to drop or truncate', async () => {
    const formatted = await Promise.all(statementsOf('users.sql').map(format));
    const users = formatted.filter((text) => text.startsWith('CREATE USER'));
    const { reader, labeler, deleter } = ctx.config.clickhouse.users;
    for (const { name } of [reader, labeler, deleter])
      expect(users.filter((text) => text.includes(` ${name} IDENTIFIED `))).toHaveLength(1);
    const grants = formatted.filter((text) => text.startsWith('GRANT'));
    expect(grants.filter((text) => /\b(DROP|TRUNCATE|ALL|ALTER UPDATE|ACCESS MANAGEMENT)\b/.test(text))).toEqual([]);
    const changing = /\b(INSERT|ALTER DELETE|CREATE TABLE)\b/;
    expect(grants.filter((text) => text.endsWith(`TO ${reader.name}`) && changing.test(text))).toEqual([]);
    expect(grants.filter((text) => /ALTER DELETE/.test(text))).toEqual([
      `GRANT SELECT, INSERT, ALTER DELETE ON alaska_air.conversation_with_labels TO ${deleter.name}`,
      `GRANT CREATE TABLE, SELECT, INSERT, ALTER DELETE ON alaska_air.conversation_with_labels_slc_backup TO ${deleter.name}`,
    ]);
  });
});
