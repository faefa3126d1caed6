import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookie } from '@/lib/auth/cookie';
import { type Config, isDevelopment, loadConfig } from '@/lib/config';
import { bodyRefusal } from '@/lib/server/body-limit';
import { bodyRefusals } from '@/lib/server/model';
import { isOwnOrigin } from '@/lib/server/origin';
import { contentSecurityPolicy, securityHeaders } from '@/lib/server/security-headers';

export const config = { matcher: ['/((?!_next/).*)'] };

let known: Pick<Config, 'web' | 'auth'> | undefined;
const settings = () => {
  known ??= loadConfig();
  return known;
};

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Before every page, read and action: refuses what changes something and did not come from our own pages, sends a
 * signed-out navigation to the sign-in, and puts the security headers on the answer, with a nonce of its own for each
 * document. It looks for the session's cookie alone; pages, reads and actions check the session themselves.
 */
export function proxy(request: NextRequest): NextResponse {
  const { web, auth } = settings();
  const isDocument = !request.nextUrl.pathname.startsWith('/api/');
  const nonce = isDocument ? btoa(crypto.randomUUID()) : null;
  const wanted = { nonce, https: auth.https, development: isDevelopment };
  const response = answer();
  for (const [name, value] of securityHeaders(wanted)) response.headers.set(name, value);
  return response;

  function answer(): NextResponse {
    const { headers, method } = request;
    if (!reads.has(method) && !isOwnOrigin(headers.get('origin'), headers.get('host'), web.baseUrl)) {
      const message = 'This request did not come from the console’s own pages and was refused.';
      const error = { code: 'forbidden', message, requestId: crypto.randomUUID() };
      return NextResponse.json({ ok: false, error }, { status: 403 });
    }
    const status = reads.has(method) ? null : bodyRefusal(headers);
    if (status) {
      const message = bodyRefusals[status];
      // NOTE: Next's client throws the text of a refused action where it is plain.
      if (headers.has('next-action'))
        return new NextResponse(message, { status, headers: { 'content-type': 'text/plain' } });
      const error = { code: 'invalid_input', message, requestId: crypto.randomUUID() };
      return NextResponse.json({ ok: false, error }, { status });
    }
    if (nonce === null) return NextResponse.next();
    if (isSignedOutNavigation(request, auth.https)) return toSignIn(request);
    const forwarded = new Headers(headers);
    forwarded.set('x-nonce', nonce);
    forwarded.set('content-security-policy', contentSecurityPolicy(wanted));
    return NextResponse.next({ request: { headers: forwarded } });
  }
}

/** Only navigations: a prefetch or an action that was redirected would break. */
function isSignedOutNavigation(request: NextRequest, https: boolean): boolean {
  const isNavigation =
    request.method === 'GET' && !request.headers.has('rsc') && !request.headers.has('next-router-prefetch');
  const isOpen = /^\/(sign-in|icon)/.test(request.nextUrl.pathname);
  return isNavigation && !isOpen && !request.cookies.has(sessionCookie(https));
}

function toSignIn(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  const target = request.nextUrl.clone();
  target.pathname = '/sign-in';
  target.search = pathname === '/' ? '' : `?returnTo=${encodeURIComponent(`${pathname}${search}`)}`;
  return NextResponse.redirect(target);
}
