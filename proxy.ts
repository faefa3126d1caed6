import { type NextRequest, NextResponse } from 'next/server';
import { sessionCookie } from '@/lib/auth/cookie';

export const config = { matcher: ['/((?!api/|_next/|sign-in|icon).*)'] };

/**
 * Sends a signed-out navigation to the sign-in, with a real redirect. Only navigations: a prefetch or an action that
 * was redirected would break. It looks for the cookie alone; pages, reads and actions check the session themselves.
 */
export function proxy(request: NextRequest): NextResponse {
  const isNavigation =
    request.method === 'GET' && !request.headers.has('rsc') && !request.headers.has('next-router-prefetch');
  if (!isNavigation || request.cookies.has(sessionCookie)) return NextResponse.next();
  const { pathname, search } = request.nextUrl;
  const target = request.nextUrl.clone();
  target.pathname = '/sign-in';
  target.search = pathname === '/' ? '' : `?returnTo=${encodeURIComponent(`${pathname}${search}`)}`;
  return NextResponse.redirect(target);
}
