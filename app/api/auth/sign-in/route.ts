import { cookies } from 'next/headers';
import { attemptCookie, attemptPath, attemptSeconds, cookieOptions } from '@/lib/auth/cookie';
import { requireAddressWithinLimit } from '@/lib/edge/actor';
import { open } from '@/lib/edge/declared';
import { failedResponse } from '@/lib/edge/failed-response';
import { requestIdOf } from '@/lib/edge/request-id';
import { webContext } from '@/lib/edge/web-context';
import { startSignIn } from '@/lib/sign-in/start-sign-in';

export const dynamic = 'force-dynamic';

/** Sends the browser to the provider. */
export const GET = open(
  { name: 'auth.startSignIn', because: 'it is how one signs in' },
  async (request: Request): Promise<Response> => {
    const ctx = webContext();
    try {
      await requireAddressWithinLimit(ctx, 'sign-in');
      const query = new URL(request.url).searchParams;
      const options = { returnTo: query.get('returnTo'), again: query.has('again') };
      const { url, state, browser } = await startSignIn(ctx, options);
      const { https } = ctx.config.auth;
      const jar = await cookies();
      jar.set(attemptCookie(https, state), browser, cookieOptions(https, attemptPath, attemptSeconds));
      return new Response(null, { status: 303, headers: { location: url.href, 'cache-control': 'no-store' } });
    } catch (error) {
      return failedResponse(error, { log: ctx.log, name: 'auth.startSignIn', requestId: requestIdOf(request.headers) });
    }
  },
);
