import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listAudit } from '@/lib/audit/list-audit';
import { cookiesOf } from './support/ask';
import { type Forge, honest, startForger } from './support/forger';
import { decode, encode, now, parts } from './support/jwt';
import { client, rolesOfGroups } from './support/people';
import { type Database, spend, startDatabase, startWeb, useUp, type Web } from './support/web';

let database: Database;
let forger: Awaited<ReturnType<typeof startForger>>;
let web: Web;

beforeAll(async () => {
  [database, forger] = await Promise.all([startDatabase(), startForger()]);
  web = await startWeb(database, {
    env: {
      SLC_OIDC_ISSUER: forger.issuer,
      SLC_OIDC_CLIENT_ID: client.id,
      SLC_OIDC_CLIENT_SECRET: client.secret,
      SLC_OIDC_ROLES: JSON.stringify(rolesOfGroups),
      SLC_SIGN_INS_PER_MINUTE: '1000',
      SLC_TRUSTED_PROXIES: '1',
    },
  });
});
afterAll(async () => {
  await web?.stop();
  await forger?.stop();
  await database?.stop();
});

/** A sign-in up to the provider: what the browser would send there, and the cookie that it keeps. */
async function depart(query = '') {
  const response = await fetch(`${web.url}/api/auth/sign-in${query}`, { redirect: 'manual' });
  const sent = new URL(response.headers.get('location') ?? '').searchParams;
  return { sent, state: sent.get('state') ?? '', nonce: sent.get('nonce') ?? '', cookie: cookiesOf(response) };
}

/** The answer that brings a browser back, and what came of it. */
async function arrive(query: Record<string, string>, cookie: string) {
  const response = await fetch(`${web.url}/api/auth/callback?${new URLSearchParams(query)}`, {
    redirect: 'manual',
    headers: { cookie },
  });
  const to = new URL(response.headers.get('location') ?? '', web.url);
  const session = response.headers.getSetCookie().find((line) => line.startsWith('slc_session='));
  return { to, problem: to.searchParams.get('problem'), session };
}

/** What the audit has of the request that a refusal names. */
const auditOf = async (to: URL) =>
  (await listAudit(database, { action: 'auth.signIn' })).filter(
    ({ requestId }) => requestId === to.searchParams.get('request'),
  );

async function answeredWith(forge: Forge) {
  const { state, nonce, cookie } = await depart();
  forger.answer(forge, nonce);
  return arrive({ code: randomUUID(), state, iss: forger.issuer }, cookie);
}

test('the forger’s honest answer signs in, so that a refusal below has its own reason', async () => {
  const { to, problem, session } = await answeredWith({});
  expect([to.pathname, problem]).toEqual(['/customers', null]);
  expect(session).toMatch(/^slc_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=lax$/i);
});

test('a sign-in carries PKCE with S256, a state and a nonce, never the same', async () => {
  const [one, other] = [await depart(), await depart()];
  expect(one.sent.get('code_challenge_method')).toBe('S256');
  expect(one.sent.get('response_type')).toBe('code');
  expect(one.sent.get('redirect_uri')).toBe(`${web.url}/api/auth/callback`);
  for (const key of ['state', 'nonce', 'code_challenge'])
    expect([one.sent.get(key)?.length, one.sent.get(key) === other.sent.get(key)]).toEqual([43, false]);
});

const forgeries: [string, () => Forge][] = [
  ['for another audience', () => ({ claims: { aud: 'another-client' } })],
  ['from another issuer', () => ({ claims: { iss: 'https://elsewhere.example' } })],
  ['that expired', () => ({ claims: { iat: now() - 7200, exp: now() - 3600 } })],
  ['without an expiry', () => ({ claims: { exp: undefined } })],
  ['of another sign-in (nonce)', () => ({ claims: { nonce: 'the-nonce-of-another-sign-in' } })],
  ['without a nonce', () => ({ claims: { nonce: undefined } })],
  ['of nobody', () => ({ claims: { sub: undefined } })],
  [
    'whose claims were altered after signing',
    () => ({
      spoil(token) {
        const [head, body, signature] = parts(token);
        return [head, encode({ ...decode(body), groups: ['support-leads'] }), signature].join('.');
      },
    }),
  ],
  ['that somebody else signed', () => ({ spoil: (token, other) => other.sign(decode(parts(token)[1])) })],
  [
    'that claims to need no signature',
    () => ({ spoil: (token) => `${encode({ alg: 'none', kid: 'own' })}.${parts(token)[1]}.` }),
  ],
  ['that is no token at all', () => ({ spoil: () => 'not.a.token' })],
];

describe('an ID token', () => {
  test.each(forgeries)('%s is refused', async (_, forge) => {
    const { to, problem, session } = await answeredWith(forge());
    expect([to.pathname, problem, session]).toEqual(['/sign-in', 'refused', undefined]);
    expect(to.searchParams.get('request')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('an answer', () => {
  test('is taken once: the same state again finds nothing', async () => {
    const { state, nonce, cookie } = await depart();
    forger.answer({}, nonce);
    const query = { code: randomUUID(), state, iss: forger.issuer };
    expect((await arrive(query, cookie)).problem).toBeNull();
    expect(await arrive(query, cookie)).toMatchObject({ problem: 'expired', session: undefined });
  });

  test('whose code was used already is refused by the provider, whatever the state, and the page says it', async () => {
    const code = randomUUID();
    const first = await depart();
    forger.answer({}, first.nonce);
    const used = await arrive({ code, state: first.state, iss: forger.issuer }, first.cookie);
    expect(used.problem).toBeNull();
    const again = await depart();
    forger.answer({}, again.nonce);
    const refused = await arrive({ code, state: again.state, iss: forger.issuer }, again.cookie);
    expect(refused).toMatchObject({ problem: 'refused', session: undefined });
    const page = await (await fetch(refused.to)).text();
    expect(page).toContain('The provider’s answer was not valid, or you cancelled there. Sign in again.');
    expect(page).toContain(refused.to.searchParams.get('request'));
    expect(await auditOf(refused.to)).toMatchObject([{ detail: { code: 'unauthenticated', reason: 'invalid_grant' } }]);
    expect(JSON.stringify(await auditOf(refused.to))).not.toContain(code);
  });

  test('to two requests at once signs in one of them', async () => {
    const { state, nonce, cookie } = await depart();
    forger.answer({}, nonce);
    const query = { code: randomUUID(), state, iss: forger.issuer };
    const both = await Promise.all([arrive(query, cookie), arrive(query, cookie)]);
    expect(both.map(({ problem }) => problem).sort()).toEqual(['expired', null]);
  });

  test('that another browser began is refused', async () => {
    const [victim, attacker] = [await depart(), await depart()];
    forger.answer({}, attacker.nonce);
    const query = { code: randomUUID(), state: attacker.state, iss: forger.issuer };
    expect((await arrive(query, victim.cookie)).problem).toBe('expired');
    expect((await arrive(query, '')).problem).toBe('expired');
  });

  test('after more than ten minutes is refused', async () => {
    const { state, cookie } = await depart();
    await database.db.pool.query("UPDATE sign_in_attempts SET expires_at = now() - interval '1 second'");
    expect((await arrive({ code: randomUUID(), state, iss: forger.issuer }, cookie)).problem).toBe('expired');
  });

  test('of the provider that the person cancelled there is no session', async () => {
    const { state, cookie } = await depart();
    const answer = await arrive({ error: 'access_denied', state, iss: forger.issuer }, cookie);
    expect(answer).toMatchObject({ problem: 'refused', session: undefined });
  });

  test('leads only to a page of this console', async () => {
    for (const returnTo of [
      'https://elsewhere.example/',
      '//elsewhere.example',
      '/\\elsewhere.example',
      '/api/health',
    ]) {
      const { state, nonce, cookie } = await depart(`?${new URLSearchParams({ returnTo })}`);
      forger.answer({}, nonce);
      expect((await arrive({ code: randomUUID(), state, iss: forger.issuer }, cookie)).to.href).toBe(
        `${web.url}/customers`,
      );
    }
  });
});

describe('a refused sign-in stands in the audit', () => {
  test('with who tried where the provider proved it, the sentence and the reason’s class, without a token', async () => {
    const { to, problem } = await answeredWith({ claims: { groups: ['strangers'] } });
    expect(problem).toBe('no role');
    const [row, ...others] = await auditOf(to);
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      actor: 'mallory',
      actorSubject: `${forger.issuer} ${honest.sub}`,
      role: 'none',
      via: 'web',
      action: 'auth.signIn',
      result: 'refused',
      subject: 'mallory is in no group that has a role here. Ask an administrator for access, then sign in again.',
      detail: { code: 'forbidden', reason: 'no role' },
    });
  });

  test('with too many groups as the reason where the provider left them out for their number', async () => {
    const { to, problem } = await answeredWith({ claims: { groups: undefined, _claim_names: { groups: 'src1' } } });
    expect(problem).toBe('too many groups');
    const [row] = await auditOf(to);
    expect(row).toMatchObject({ detail: { code: 'forbidden', reason: 'too many groups' } });
  });

  test('as somebody unknown where nothing was proved', async () => {
    const forged = await answeredWith({ claims: { aud: 'another-client', preferred_username: 'ada' } });
    const unasked = await arrive({ code: randomUUID(), state: 'none', iss: forger.issuer }, '');
    const rows = [...(await auditOf(forged.to)), ...(await auditOf(unasked.to))];
    expect(rows.map(({ actor, actorSubject, detail }) => [actor, actorSubject, detail])).toEqual([
      ['unknown', null, { code: 'unauthenticated', reason: expect.stringMatching(/^OAUTH_\w+$/) }],
      ['unknown', null, { code: 'conflict' }],
    ]);
  });

  test('up to a minute’s share of all addresses together; then one row says so and the log has the rest', async () => {
    const refusals = async () => (await listAudit(database, { action: 'auth.signIn', result: 'refused' })).length;
    await answeredWith({ claims: { aud: 'another-client' } });
    await spend(database, 'refused-sign-in', 'everybody', 60);
    const before = await refusals();
    const last = await answeredWith({ claims: { aud: 'another-client' } });
    expect(await auditOf(last.to)).toMatchObject([{ subject: expect.stringContaining('only the log has the others') }]);
    for (let tries = 0; tries < 5; tries += 1)
      expect((await answeredWith({ claims: { aud: 'another-client' } })).problem).toBe('refused');
    expect(await refusals()).toBe(before + 1);
  });
});

test('the demo’s sign-in does not exist beside a provider', async () => {
  const page = await (await fetch(`${web.url}/sign-in`)).text();
  expect(page).not.toContain('Your name');
  const demo = await startWeb(database, {
    env: {
      SLC_SIGN_IN: 'demo',
      SLC_OIDC_ISSUER: forger.issuer,
      SLC_OIDC_CLIENT_ID: client.id,
      SLC_OIDC_ROLES: JSON.stringify(rolesOfGroups),
    },
  });
  expect(demo.exitCode()).toBe(1);
  expect(demo.output()).toContain('SLC_OIDC_ISSUER must not be set beside it');
  await demo.stop();
});

test('too many sign-ins of an address within a minute are refused with 429 and when to try again', async () => {
  const by = (address: string) => ({ redirect: 'manual', headers: { 'x-forwarded-for': address } }) as const;
  const ask = (address: string) => fetch(`${web.url}/api/auth/callback`, by(address));
  expect((await ask('10.0.0.1')).status).toBe(303);
  await useUp(database, 'sign-in-address', '10.0.0.1');
  expect((await ask('10.0.0.2')).status).toBe(303);
  const refused = await ask('10.0.0.1');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await refused.json()).error.message).toMatch(/^Too many sign-ins within a minute.*Try again in \d+ second/);
});
