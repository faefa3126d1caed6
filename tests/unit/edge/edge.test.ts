import { expect, test } from 'vitest';
import { addressOf } from '@/lib/edge/address';
import { isOwnOrigin, ownOrigins } from '@/lib/edge/origin';
import { contentSecurityPolicy, securityHeaders } from '@/lib/edge/security-headers';

const base = 'https://labels.example.com';
const local = 'http://127.0.0.1:3000';

test.each([
  [base, 'labels.example.com', base, true],
  ['https://elsewhere.example', 'labels.example.com', base, false],
  ['http://labels.example.com', 'labels.example.com', base, false],
  ['https://labels.example.com.elsewhere.example', 'labels.example.com', base, false],
  ['http://localhost:8080', 'localhost:8080', base, false],
  ['null', 'labels.example.com', base, false],
  ['', 'labels.example.com', base, false],
  [null, 'labels.example.com', base, false],
  [local, '127.0.0.1:3000', local, true],
  ['http://localhost:3001', 'localhost:3001', local, true],
  ['http://localhost:3001', 'localhost:3000', local, false],
  ['http://rebound.example:3000', 'rebound.example:3000', local, false],
] as const)('from %s to %s of %s is our own page: %s', (origin, host, baseUrl, own) => {
  expect(isOwnOrigin(origin, host, baseUrl)).toBe(own);
});

test.each([
  [base, 'labels.example.com', [base]],
  [base, 'upstream:3000', [base]],
  [local, '127.0.0.1:3000', [local]],
  [local, 'localhost:8080', [local, 'http://localhost:8080']],
  [local, 'rebound.example:3000', [local]],
])('a console at %s that is asked as %s may be used from %j', (baseUrl, host, origins) => {
  expect(ownOrigins(host, baseUrl)).toEqual(origins);
});

test('an address is what the outermost trusted proxy wrote, never what the caller claims', () => {
  expect(addressOf('1.1.1.1, 2.2.2.2', 1)).toBe('2.2.2.2');
  expect(addressOf('9.9.9.9, 1.1.1.1, 2.2.2.2', 2)).toBe('1.1.1.1');
  expect(addressOf('1.1.1.1', 2)).toBeNull();
  expect(addressOf('1.1.1.1', 0)).toBeNull();
  expect(addressOf(null, 1)).toBeNull();
});

test('the policy of a document runs scripts of its nonce alone and is framed by nobody', () => {
  const policy = contentSecurityPolicy({ nonce: 'N', https: true, development: false });
  expect(policy).toContain("script-src 'self' 'nonce-N' 'strict-dynamic';");
  expect(policy).toContain("style-src-elem 'self' 'nonce-N'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toContain('upgrade-insecure-requests');
  expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|style-src(-elem)?[^;-]*unsafe-inline|\*/);
  expect(contentSecurityPolicy({ nonce: null, https: false, development: false })).toMatch(/^default-src 'none'/);
});

test('https is remembered where the console is opened over https, and only there', () => {
  const names = (https: boolean) => securityHeaders({ nonce: 'N', https, development: false }).map(([name]) => name);
  expect(names(true)).toContain('strict-transport-security');
  expect(names(false)).not.toContain('strict-transport-security');
});
