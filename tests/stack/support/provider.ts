import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import Provider from 'oidc-provider';
import { freePort } from '@/scripts/support/stack.mjs';
import { client, people } from './people';

/** The provider's own id of a person is not their name. */
const subjectOf = (user: string) => `id-of-${user}`;
const groupsOf = (id: string) => people[id.slice(subjectOf('').length)] ?? [];
const page = (body: string) =>
  `<!doctype html><html lang="en"><head><title>Provider</title></head><body>${body}</body></html>`;

type Ctx = {
  body: string;
  oidc: {
    client: { clientId: string };
    session: { accountId: string };
    provider: {
      Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
    };
  };
};

/**
 * A real OpenID provider of this process, at `localhost`, which is another site than 127.0.0.1. Its login takes a user
 * name; groups come only from userinfo, as with most providers.
 */
export async function startProvider(consoleUrl: string) {
  const port = await freePort();
  const issuer = `http://localhost:${port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${consoleUrl}/api/auth/callback`],
        post_logout_redirect_uris: [`${consoleUrl}/sign-in?signedOut=everywhere`],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email'] },
    cookies: { keys: ['keys of the tests'] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id.slice(subjectOf('').length), groups: groupsOf(id) }),
    }),
    async loadExistingGrant({ oidc }: Ctx) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        logoutSource(ctx: Ctx, form: string) {
          ctx.body = page(`${form}<button form="op.logoutForm" name="logout" value="yes">Sign me out</button>`);
        },
      },
    },
  });
  const oidc = provider.callback();
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/interaction/')) return oidc(request, response);
    interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return {
    issuer,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const user = new URLSearchParams(Buffer.concat(chunks).toString()).get('user') ?? '';
    return provider.interactionFinished(request, response, { login: { accountId: subjectOf(user) } });
  }
  const form = '<form method="post"><label>User <input name="user"></label><button>Log in</button></form>';
  response.writeHead(200, { 'content-type': 'text/html' }).end(page(form));
}
