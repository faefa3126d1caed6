import { expect, test } from 'vitest';
import { loadConfig } from '@/lib/config';

const nowhere = { SLC_DATA_DIR: '/nowhere' };
const oidc = {
  SLC_OIDC_ISSUER: 'https://login.example.com',
  SLC_OIDC_CLIENT_ID: 'stale-labels',
  SLC_OIDC_ROLES: '{"viewer":["everybody"],"approver":["leads"]}',
};
const authOf = (env: Record<string, string>) => loadConfig({ NODE_ENV: 'test', ...nowhere, ...env }).auth;

test('the demo’s sign-in is there on loopback alone, and never in production or beside a provider', () => {
  expect(authOf({}).signIn).toBe('demo');
  expect(authOf({ HOST: '0.0.0.0' }).signIn).toBe('none');
  expect(authOf({ SLC_BASE_URL: 'https://labels.example.com' }).signIn).toBe('none');
  expect(authOf({ SLC_PRODUCTION: 'true' }).signIn).toBe('none');
  expect(authOf(oidc).signIn).toBe('oidc');
});

test.each([
  ['demo beside a provider', { ...oidc, SLC_SIGN_IN: 'demo' }, 'SLC_OIDC_ISSUER must not be set'],
  ['demo in production', { SLC_SIGN_IN: 'demo', SLC_PRODUCTION: 'true' }, 'SLC_PRODUCTION must not be true'],
  ['demo on every interface', { SLC_SIGN_IN: 'demo', HOST: '0.0.0.0' }, 'must be on loopback'],
  ['demo under a public name', { SLC_SIGN_IN: 'demo', SLC_BASE_URL: 'https://a.example.com' }, 'must be on loopback'],
  ['a provider that is not named', { SLC_SIGN_IN: 'oidc' }, 'SLC_OIDC_ISSUER must be set'],
  ['a provider over http', { ...oidc, SLC_OIDC_ISSUER: 'http://login.example.com' }, 'must be https'],
  ['a provider without a client', { ...oidc, SLC_OIDC_CLIENT_ID: '' }, 'SLC_OIDC_CLIENT_ID must be set'],
  ['a provider without roles', { ...oidc, SLC_OIDC_ROLES: '' }, 'SLC_OIDC_ROLES must say'],
  ['roles without a provider', { SLC_OIDC_ROLES: '{"viewer":["a"]}' }, 'SLC_OIDC_ISSUER must be set'],
  ['roles that are no JSON', { ...oidc, SLC_OIDC_ROLES: 'viewer=a' }, 'SLC_OIDC_ROLES'],
  ['a role that is none', { ...oidc, SLC_OIDC_ROLES: '{"admin":["a"]}' }, 'SLC_OIDC_ROLES'],
  ['a role of no group', { ...oidc, SLC_OIDC_ROLES: '{"viewer":[]}' }, 'SLC_OIDC_ROLES'],
  ['a scope without openid', { ...oidc, SLC_OIDC_SCOPE: 'profile' }, 'SLC_OIDC_SCOPE'],
  ['an idle end after the last one', { SLC_SESSION_IDLE_MINUTES: '721' }, 'SLC_SESSION_IDLE_MINUTES'],
])('%s refuses to start, in a sentence', (_, env, sentence) => {
  expect(() => authOf(env)).toThrow(sentence);
});

test('a provider on loopback may be http', () => {
  expect(authOf({ ...oidc, SLC_OIDC_ISSUER: 'http://localhost:4000' }).oidc?.issuer).toBe('http://localhost:4000');
});

test('cookies are secure where the console is opened over https', () => {
  expect(authOf({ ...oidc, SLC_BASE_URL: 'https://labels.example.com' }).https).toBe(true);
  expect(authOf({}).https).toBe(false);
});

test.each(['https://tools.example.com/labels', 'https://tools.example.com/labels/', 'https://tools.example.com/?x=1'])(
  'the base URL %s is refused, because the pages are served without a path',
  (SLC_BASE_URL) => {
    expect(() => loadConfig({ ...process.env, SLC_BASE_URL })).toThrow(/SLC_BASE_URL must have no path/);
  },
);
