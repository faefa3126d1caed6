import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '@/lib/auth/model';
import { readSession } from '@/lib/auth/read-session';
import { readToken } from '@/lib/auth/read-token';
import { loadConfig } from '@/lib/config';
import { createToken } from '@/lib/sign-in/create-token';
import { signInAs } from '@/lib/sign-in/finish-sign-in';
import { type TestContext, testContext } from '@/tests/support/context';
import { approvalsIn, ben, person } from './asking';

const issuer = 'https://id.example.com';
const provider = {
  SLC_OIDC_ISSUER: `${issuer}/`,
  SLC_OIDC_CLIENT_ID: 'console',
  SLC_OIDC_ROLES: '{"approver":["leads"]}',
};
let ctx: TestContext;
/** The same database under the demo's sign-in. */
let demo: TestContext;
beforeAll(async () => {
  ctx = await testContext({ env: provider });
  const { SLC_OIDC_ISSUER: _issuer, SLC_OIDC_CLIENT_ID: _client, SLC_OIDC_ROLES: _roles, ...env } = ctx.env;
  demo = { ...ctx, config: loadConfig({ ...process.env, ...env }) };
});
afterAll(() => ctx?.close());

const { asked, decide, stateOf } = approvalsIn(() => ctx);
const [ada, grace] = [person('ada', 'approver', `${issuer} 1`), person('grace', 'approver', `${issuer} 2`)];
const shell: Actor = { name: 'root', role: 'operator', via: 'cli', requestId: randomUUID() };

/** Who acts with a token that `by` made. */
async function programOf(by: Actor): Promise<Actor> {
  const { secret } = await createToken(ctx, { name: `t-${randomUUID()}`, role: 'approver', days: 1 }, by);
  const { id, name, role, createdSubject } = await readToken(ctx, secret);
  return {
    name,
    role,
    via: 'cli',
    requestId: randomUUID(),
    subject: `token ${id}`,
    maker: createdSubject ?? undefined,
  };
}

describe('where people sign in at a provider', () => {
  it('who asks with a token of her own, or with one that it made, does not decide in the browser', async () => {
    const program = await programOf(ada);
    for (const actor of [program, await programOf(program)]) {
      const of = await asked({}, actor);
      await expect(decide(of, ada)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(decide(of, { ...ada, name: 'ada of another name' })).rejects.toMatchObject({ code: 'forbidden' });
      expect(await stateOf(of)).toBe('waiting');
      expect((await decide(of, grace)).state).toBe('approved');
    }
  });

  it('a terminal or a token without a person behind it asks for nothing and decides on nothing', async () => {
    for (const actor of [shell, await programOf(shell)]) {
      await expect(asked({}, actor)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('Ask on the pages'),
      });
      const of = await asked({}, ada);
      await expect(decide(of, { ...actor, role: 'approver' })).rejects.toMatchObject({ code: 'forbidden' });
      expect(await stateOf(of)).toBe('waiting');
    }
  });

  it('a request of which nobody knows who asked is decided by nobody', async () => {
    for (const subject of [null, 'token 7']) {
      const of = await asked({}, ada);
      await ctx.db.pool.query('UPDATE approvals SET requested_by = $2, requested_subject = $3 WHERE id = $1', [
        of.approvalId,
        'root',
        subject,
      ]);
      await expect(decide(of, grace)).rejects.toMatchObject({
        code: 'forbidden',
        message: expect.stringContaining('not known which person'),
      });
    }
  });

  it('the demo’s terminal may still decide where anybody may choose who they are', async () => {
    const { asked: ask, decide: judge } = approvalsIn(() => demo);
    const of = await ask({}, ben);
    expect((await judge(of, { ...shell, role: 'approver' })).state).toBe('approved');
  });
});

describe('a session or token of another sign-in than the one that is configured', () => {
  const open = (on: TestContext, by: string) =>
    signInAs(on, {
      identity: { provider: by, subject: '1', name: 'ada', role: 'approver' },
      idToken: null,
      previousSecret: undefined,
      userAgent: '',
      requestId: 'tests',
    });
  const holds = async (on: TestContext, secret: string) => (await readSession(on, secret, { active: true })) !== null;

  it('does not hold', async () => {
    const [mine, demos, others] = [
      await open(ctx, issuer),
      await open(demo, 'demo'),
      await open(ctx, 'https://elsewhere.example.com'),
    ];
    expect(await Promise.all([mine, demos, others].map((one) => holds(ctx, one)))).toEqual([true, false, false]);
    expect(await Promise.all([mine, demos, others].map((one) => holds(demo, one)))).toEqual([false, true, false]);
  });

  it('is refused in a sentence when it is a token', async () => {
    const { secret } = await createToken(demo, { name: 'of-the-demo', role: 'approver', days: 1 }, shell);
    expect(await readToken(demo, secret)).toMatchObject({ name: 'of-the-demo' });
    await expect(readToken(ctx, secret)).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('made for another sign-in provider'),
    });
  });
});
