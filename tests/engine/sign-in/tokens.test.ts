import { afterAll, beforeAll, expect, test } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import type { TokenView } from '@/lib/auth/model';
import { signInAs } from '@/lib/sign-in/finish-sign-in';
import { runCli } from '../../support/bundled';
import { type TestContext, testContext } from '../../support/context';

let ctx: TestContext;

beforeAll(async () => {
  ctx = await testContext();
});
afterAll(() => ctx.close());

const cli = (args: string[], env: Record<string, string> = {}) => runCli({ ...ctx.env, ...env }, args);
async function created(name: string, role: string): Promise<TokenView & { secret: string }> {
  const { code, out, errors } = await cli(['tokens', 'create', name, '--role', role, '--json']);
  if (code !== 0) throw new Error(errors);
  return JSON.parse(out);
}

test('a token is shown once, stored as its hash, listed without its text, and audited', async () => {
  const { code, out, errors } = await cli(['tokens', 'create', 'shown-once', '--role', 'operator', '--days', '7']);
  expect([code, out]).toEqual([0, expect.stringMatching(/^slc_[\w-]{43}\n$/)]);
  expect(errors).toMatch(/^Copy it now: it cannot be shown again. Its role is operator until \d{4}-\d\d-\d\d\.$/m);
  const secret = out.trim();
  const { rows } = await ctx.db.pool.query(`SELECT string_agg(to_jsonb(t)::text, '') AS text FROM access_tokens t`);
  expect(rows[0].text).not.toContain(secret.slice(4));
  const list = await cli(['tokens', 'list']);
  expect(list.out).toMatch(/shown-once +operator +valid/);
  expect(list.out).not.toContain(secret);
  const [entry] = await listAudit(ctx, { action: 'auth.createToken' });
  expect(entry).toMatchObject({ subject: 'token shown-once', role: 'approver', via: 'cli' });
  expect(JSON.stringify(entry)).not.toContain(secret);
});

test('the command line acts as its token: under its name, and not above its role', async () => {
  const viewer = await created('reader', 'viewer');
  const env = { SLC_TOKEN: viewer.secret };
  expect((await cli(['customers', 'list'], env)).code).toBe(0);
  const refused = await cli(['plan', 'nobody'], env);
  expect([refused.code, refused.errors]).toEqual([4, 'This needs the role operator; the token "reader" is viewer.\n']);
  expect((await cli(['tokens', 'list'], env)).code).toBe(4);

  const lead = await created('lead', 'approver');
  expect((await cli(['tokens', 'revoke', 'reader'], { SLC_TOKEN: lead.secret })).code).toBe(0);
  const [entry] = await listAudit(ctx, { action: 'auth.revokeToken' });
  expect(entry).toMatchObject({ actor: 'lead', role: 'approver', via: 'cli', subject: 'token reader' });
});

test('a token that is revoked, expired or unknown is refused in a sentence, and does nothing', async () => {
  const token = await created('short-lived', 'operator');
  const env = { SLC_TOKEN: token.secret };
  expect((await cli(['customers', 'list'], env)).code).toBe(0);
  await ctx.db.pool.query(
    `UPDATE access_tokens SET created_at = now() - interval '3 days', expires_at = now() - interval '1 day' WHERE id = $1`,
    [token.id],
  );
  const expired = await cli(['customers', 'list'], env);
  expect([expired.code, expired.out]).toEqual([4, '']);
  expect(expired.errors).toMatch(/^The access token "short-lived" expired on \d{4}-\d\d-\d\d\./);

  const other = await created('revoked', 'operator');
  expect((await cli(['tokens', 'revoke', other.id])).out).toBe('Revoked revoked.\n');
  const revoked = await cli(['customers', 'list'], { SLC_TOKEN: other.secret });
  expect([revoked.code, revoked.errors]).toEqual([4, expect.stringContaining('"revoked" was revoked')]);
  expect((await cli(['tokens', 'revoke', other.id])).code).toBe(2);

  const unknown = await cli(['customers', 'list'], { SLC_TOKEN: `slc_${'A'.repeat(43)}` });
  expect([unknown.code, unknown.errors]).toEqual([4, expect.stringContaining('is not known')]);
});

test('where a token is required the command line does nothing without one', async () => {
  const { code, out, errors } = await cli(['customers', 'list'], { SLC_TOKEN_REQUIRED: 'true' });
  expect([code, out, errors]).toEqual([4, '', 'This console requires an access token. Set SLC_TOKEN.\n']);
});

test('two live tokens never share a name; a revoked one’s is free', async () => {
  await created('twin', 'viewer');
  const again = await cli(['tokens', 'create', 'twin']);
  expect([again.code, again.out]).toEqual([4, '']);
  expect((await cli(['tokens', 'revoke', 'twin'])).code).toBe(0);
  await created('twin', 'viewer');
});

test('what is no role is refused as wrong usage', async () => {
  const { code, out } = await cli(['tokens', 'create', 'x', '--role', 'admin']);
  expect([code, out]).toEqual([2, '']);
});

test('sessions are listed and revoked from a terminal', async () => {
  const identity = { provider: 'https://login.example.com', subject: '1', name: 'vera', role: 'viewer' } as const;
  await signInAs(ctx, { identity, idToken: null, previousSecret: undefined, userAgent: '', requestId: 'tests' });
  const { sessions } = JSON.parse((await cli(['sessions', 'list', '--json'])).out);
  expect(sessions).toMatchObject([{ name: 'vera', role: 'viewer', provider: 'https://login.example.com' }]);
  const ended = await cli(['sessions', 'revoke', sessions[0].id]);
  expect([ended.code, ended.out]).toEqual([0, 'Ended a session of vera.\n']);
  expect(JSON.parse((await cli(['sessions', 'list', '--json'])).out)).toEqual({ sessions: [] });
  expect((await cli(['sessions', 'revoke', sessions[0].id])).code).toBe(2);
});
