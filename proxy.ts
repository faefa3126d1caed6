import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookie } from '@/lib/auth/cookie';
import { readSession } from '@/lib/auth/read-session';
import { type Config, isDevelopment, loadConfig } from '@/lib/config';
import { bodyRefusal, needsSession } from '@/lib/edge/body-limit';
import { earlyRefusals } from '@/lib/edge/model';
import { isOwnOrigin } from '@/lib/edge/origin';
import { contentSecurityPolicy, securityHeaders } from '@/lib/edge/security-headers';
import { createLog } from '@/lib/log';
import { connectPostgres, type Postgres } from '@/lib/postgres/client';

export const config = { matcher: ['/((?!_next/).*)'] };

let known: Config | undefined;
const settings = () => {
  known ??= loadConfig();
  return known;
};

let connected: Postgres | undefined;
/** The proxy's own connection, made when a large body first asks for it. */
const database = () => {
  const log = createLog('web', settings().logLevel);
  connected ??= connectPostgres({ url: settings().postgres.url, log, application: 'slc-proxy', connectionsMax: 1 });
  return connected;
};

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a browser without a session gets: the sign-in, and the files of `public/`. */
const openPaths = new Set(['/sign-in', '/favicon.svg', '/robots.txt', '/link-preview.png']);

/**
 * Before every page, read and action: refuses what changes something and did not come from our own pages, sends a
 * signed-out navigation to the sign-in, and puts the security headers on the answer, with a new nonce for each
 * document. It looks for the session's cookie, and for the session where a large body would be read for it; pages,
 * reads and actions check the session themselves.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { web, auth } = settings();
  const isDocument = !request.nextUrl.pathname.startsWith('/api/');
  const nonce = isDocument ? btoa(crypto.randomUUID()) : null;
  const wanted = { nonce, https: auth.https, development: isDevelopment };
  const response = await answer();
  for (const [name, value] of securityHeaders(wanted)) response.headers.set(name, value);
  return response;

  async function answer(): Promise<NextResponse> {
    const { headers, method } = request;
    if (!reads.has(method) && !isOwnOrigin(headers.get('origin'), headers.get('host'), web.baseUrl)) {
      const message = 'This request did not come from the console’s own pages and was refused.';
      const error = { code: 'forbidden', message, requestId: crypto.randomUUID() };
      return NextResponse.json({ ok: false, error }, { status: 403 });
    }
    const status = await earlyRefusal(request, auth.https);
    if (status) {
      const message = earlyRefusals[status];
      // NOTE: Next's client throws the text of a refused action where it is plain.
      if (headers.has('next-action'))
        return new NextResponse(message, { status, headers: { 'content-type': 'text/plain' } });
      const code = status === 401 ? 'unauthenticated' : 'invalid_input';
      return NextResponse.json({ ok: false, error: { code, message, requestId: crypto.randomUUID() } }, { status });
    }
    if (nonce === null) return NextResponse.next();
    if (isSignedOutNavigation(request, auth.https)) return toSignIn(request);
    const forwarded = new Headers(headers);
    // NOTE: Next compares Origin with Host as well, which a proxy may have rewritten; the base URL was asked above.
    if (!reads.has(method)) forwarded.set('x-forwarded-host', new URL(headers.get('origin') ?? web.baseUrl).host);
    forwarded.set('x-nonce', nonce);
    forwarded.set('content-security-policy', contentSecurityPolicy(wanted));
    return NextResponse.next({ request: { headers: forwarded } });
  }
}

async function earlyRefusal(request: NextRequest, https: boolean): Promise<keyof typeof earlyRefusals | null> {
  const { headers, method, nextUrl, cookies } = request;
  if (!isDecodable(nextUrl.pathname)) return 400;
  if (reads.has(method)) return null;
  const refusal = bodyRefusal(headers);
  if (refusal !== null || !needsSession(headers)) return refusal;
  const secret = cookies.get(sessionCookie(https))?.value;
  // If the database does not answer, the page or route reports it.
  const session =
    secret && (await readSession({ config: settings(), db: database() }, secret, { active: false }).catch(() => true));
  return session ? null : 401;
}

function isDecodable(path: string): boolean {
  try {
    return decodeURIComponent(path) !== null;
  } catch {
    return false;
  }
}

/** Only navigations: a prefetch or an action that was redirected would break. */
function isSignedOutNavigation(request: NextRequest, https: boolean): boolean {
  const isNavigation =
    request.method === 'GET' && !request.headers.has('rsc') && !request.headers.has('next-router-prefetch');
  return isNavigation && !openPaths.has(request.nextUrl.pathname) && !request.cookies.has(sessionCookie(https));
}

function toSignIn(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const target = request.nextUrl.clone();
  target.pathname = '/sign-in';
  target.search = pathname === '/' ? '' : `?returnTo=${encodeURIComponent(`${pathname}${search}`)}`;
  return NextResponse.redirect(target);
}
