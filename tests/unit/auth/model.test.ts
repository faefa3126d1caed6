import { expect, test } from 'vitest';
import { attemptCookie, cookieOptions, sessionCookie } from '@/lib/auth/cookie';
import { isSameProvider, NewToken, personOf, roleOfGroups, safeReturnTo } from '@/lib/auth/model';
import { may, permissions, roleFor, roles } from '@/lib/auth/permissions';
import { hashSecret, mintSecret, mintToken } from '@/lib/auth/secret';

test('a role includes every role before it and none after', () => {
  for (const permission of permissions)
    for (const role of roles)
      expect([permission, role, may(role, permission)]).toEqual([
        permission,
        role,
        roles.indexOf(role) >= roles.indexOf(roleFor(permission)),
      ]);
});

test('the highest role of any group counts; no group, no role', () => {
  const mapping = { viewer: ['everybody', 'x'], approver: ['leads'] };
  expect(roleOfGroups(['leads', 'everybody'], mapping)).toBe('approver');
  expect(roleOfGroups(['x'], mapping)).toBe('viewer');
  expect(roleOfGroups(['lead', 'Leads', 'leads '], mapping)).toBeNull();
  expect(roleOfGroups([], mapping)).toBeNull();
});

test.each(['/customers', '/audit?customer=a&q=b%20c', '/customers/alaska-air/days/2026-02-10?show=all'])(
  'a sign-in leads back to %s',
  (path) => expect(safeReturnTo(path)).toBe(path),
);

test('a sign-in leads back to what is written in another alphabet, as a header takes it', () => {
  expect(safeReturnTo('/customers/Ж?q=日')).toBe('/customers/%D0%96?q=%E6%97%A5');
});

test.each([
  'https://elsewhere.example',
  '//elsewhere.example',
  '/\\elsewhere.example',
  '/a\\b',
  '/a\nb',
  'javascript:alert(1)',
  '/api/health',
  '/x/..//elsewhere.example',
  '/x/%2e%2e//elsewhere.example',
  '/x/../sign-in',
  '/sign-in?returnTo=/sign-in',
  `/${'a'.repeat(2001)}`,
  undefined,
  ['/audit'],
])('a sign-in never leads to %j', (path) => expect(safeReturnTo(path)).toBe('/customers'));

test('an issuer is one provider with and without its slash, and no other', () => {
  expect(isSameProvider('https://id.example.com/', 'https://id.example.com')).toBe(true);
  expect(isSameProvider('https://id.example.com/a', 'https://id.example.com')).toBe(false);
  expect(isSameProvider('demo', 'https://id.example.com')).toBe(false);
});

test('the person behind a program is who made its token; behind a terminal there is nobody', () => {
  expect(personOf({ via: 'web', subject: 'iss 1' })).toBe('iss 1');
  expect(personOf({ via: 'token', subject: 'token 7', maker: 'iss 1' })).toBe('iss 1');
  expect(personOf({ via: 'cli', subject: 'token 7' })).toBeUndefined();
});

test('a secret is 256 bits that never come twice, and is stored as its hash alone', () => {
  const secrets = Array.from({ length: 100 }, mintSecret);
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(mintToken()).toMatch(/^slc_[\w-]{43}$/);
  expect(hashSecret('a').toString('hex')).toBe('ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb');
});

test.each([
  { name: 'a b' },
  { name: '' },
  { name: 'a'.repeat(64) },
  { name: 'a\u0000' },
  { name: '-a' },
  { days: 0 },
  { days: 367 },
  { days: 1.5 },
  { days: Number.NaN },
  { role: 'admin' },
])('a token is never made with %j', (wrong) => {
  expect(NewToken.safeParse({ name: 'nightly', role: 'viewer', days: 90 }).success).toBe(true);
  expect(NewToken.safeParse({ name: 'nightly', role: 'viewer', days: 90, ...wrong }).success).toBe(false);
});

test('a cookie over https is bound to its host; none is seen by scripts or sent by another site’s requests', () => {
  expect(sessionCookie(true)).toBe('__Host-slc_session');
  expect(sessionCookie(false)).toBe('slc_session');
  expect(attemptCookie(true, 'abcdefghij')).toBe('__Secure-slc_sign_in_abcdefgh');
  expect(cookieOptions(true, '/', 60)).toEqual({
    httpOnly: true,
    sameSite: 'lax',
    secure: true,
    path: '/',
    maxAge: 60,
  });
});
