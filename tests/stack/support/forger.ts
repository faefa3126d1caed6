import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { freePort } from '@/scripts/support/stack.mjs';
import { client } from './people';

export type Forge = {
  /** Claims in place of the right ones; undefined leaves one out. */
  claims?: JWTPayload & Record<string, unknown>;
  /** What to do to the finished token. */
  spoil?: (token: string, other: { sign(claims: JWTPayload): Promise<string> }) => string | Promise<string>;
};

/** The right claims of the person that the forger always signs in. */
export const honest = { sub: 'id-of-mallory', preferred_username: 'mallory', groups: ['everybody'] };

/** A provider that answers any code once with the ID token that a test asked for; it sees every nonce. */
export async function startForger() {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const [own, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' };
  let forge: Forge = {};
  let nonce = '';
  const usedCodes = new Set<string>();

  const right = (): JWTPayload & Record<string, unknown> => {
    const now = Math.floor(Date.now() / 1000);
    return { ...honest, iss: issuer, aud: client.id, iat: now, exp: now + 300, nonce };
  };
  const signWith = (key: CryptoKey) => (claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'own' }).sign(key);

  async function idToken(): Promise<string> {
    const claims = { ...right(), ...forge.claims };
    const token = await signWith(own.privateKey)(JSON.parse(JSON.stringify(claims)));
    return forge.spoil ? forge.spoil(token, { sign: signWith(foreign.privateKey) }) : token;
  }

  const server = createServer(async (request, response) => {
    const json = (body: object, status = 200) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.url === '/.well-known/openid-configuration')
      return json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
      });
    if (request.url === '/jwks') return json({ keys: [jwk] });
    if (request.url === '/token') {
      const code = new URLSearchParams(await text(request)).get('code') ?? '';
      if (usedCodes.has(code)) return json({ error: 'invalid_grant' }, 400);
      usedCodes.add(code);
      return json({ access_token: 'access', token_type: 'Bearer', expires_in: 300, id_token: await idToken() });
    }
    response.writeHead(404).end();
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return {
    issuer,
    /** What the next token is to be; `seen` is the authorization request's nonce. */
    answer(how: Forge, seen: string) {
      forge = how;
      nonce = seen;
    },
    rightClaims: right,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
