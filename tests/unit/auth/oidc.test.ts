import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { departTo, isOverage } from '@/lib/auth/oidc';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A provider below a path that calls itself with or without a slash at its end. */
async function provider(own: (base: string) => string) {
  const server = createServer((request, response) => {
    const base = `http://${request.headers.host}/realms/one`;
    if (!request.url?.startsWith('/realms/one/.well-known')) return response.writeHead(404).end();
    const issuer = own(base);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ issuer, authorization_endpoint: `${base}/auth`, token_endpoint: `${base}/token` }));
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/realms/one`;
}

const oidc = {
  clientId: 'console',
  clientSecret: null,
  clientAuth: 'client_secret_basic' as const,
  scope: 'openid',
  groupsClaim: 'groups',
  roles: {},
};
const depart = (issuer: string) =>
  departTo({ ...oidc, issuer }, { redirectUri: 'http://127.0.0.1/callback', again: false });

it.each([
  ['without a slash', (base: string) => base],
  ['with a slash', (base: string) => `${base}/`],
])('a provider that calls itself %s is found by either address, and never under another name', async (_, own) => {
  const base = await provider(own);
  for (const issuer of [base, `${base}/`]) expect((await depart(issuer)).url.href).toContain(`${base}/auth?`);
  const stranger = await provider(() => 'http://127.0.0.1/realms/other');
  await expect(depart(stranger)).rejects.toMatchObject({ code: 'unavailable' });
});

it.each([
  [{ _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph' } } }, true],
  [{ hasgroups: true }, true],
  [{ hasgroups: 'true' }, true],
  [{ groups: ['a'], hasgroups: true }, false],
  [{ _claim_names: { other: 'src1' } }, false],
  [{}, false],
])('claims %j leave groups out because there are too many: %s', (claims, tooMany) => {
  expect(isOverage(claims, 'groups')).toBe(tooMany);
});
