import { cookies, headers } from 'next/headers';
import { attemptCookie, attemptPath, cookieOptions, sessionCookie } from '@/lib/auth/cookie';
import type { SignInProblem } from '@/lib/auth/model';
import { Unadmitted } from '@/lib/auth/unadmitted';
import { requireAddressWithinLimit, sentSecret } from '@/lib/edge/actor';
import { open } from '@/lib/edge/declared';
import { failedResponse } from '@/lib/edge/failed-response';
import { failureOf } from '@/lib/edge/failure';
import { requestIdOf } from '@/lib/edge/request-id';
import { webContext } from '@/lib/edge/web-context';
import { AppError } from '@/lib/errors';
import { finishSignIn } from '@/lib/sign-in/finish-sign-in';
import { recordRefusedSignIn } from '@/lib/sign-in/record-refused-sign-in';

export const dynamic = 'force-dynamic';

const problems: { [code in AppError['code']]?: SignInProblem } = {
  unauthenticated: 'refused',
  conflict: 'expired',
  unavailable: 'unavailable',
};

const problemOf = ({ code, cause }: AppError) => (cause instanceof Unadmitted ? cause.reason : problems[code]);

/** The provider sends the browser back to here. Opens the session, or says on the sign-in page why it could not. */
export const GET = open(
  { name: 'auth.finishSignIn', because: 'it is how one signs in' },
  async (request: Request): Promise<Response> => {
    const ctx = webContext();
    const requestId = requestIdOf(request.headers);
    const { https, session } = ctx.config.auth;
    const where = { log: ctx.log, name: 'auth.finishSignIn', requestId };
    const goTo = (path: string) => {
      const location = new URL(path, ctx.config.web.baseUrl).href;
      return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
    };
    try {
      await requireAddressWithinLimit(ctx, 'sign-in');
      const { search, searchParams } = new URL(request.url);
      const jar = await cookies();
      const attempt = attemptCookie(https, searchParams.get('state') ?? '');
      const browserSecret = jar.get(attempt)?.value;
      jar.set(attempt, '', cookieOptions(https, attemptPath, 0));
      const { secret, returnTo } = await finishSignIn(ctx, {
        search,
        browserSecret,
        previousSecret: await sentSecret(ctx),
        userAgent: (await headers()).get('user-agent') ?? '',
        requestId,
      });
      jar.set(sessionCookie(https), secret, cookieOptions(https, '/', session.maxSeconds));
      return goTo(returnTo);
    } catch (error) {
      await recordRefusedSignIn(ctx, { error, requestId });
      const problem = error instanceof AppError ? problemOf(error) : undefined;
      if (!problem) return failedResponse(error, where);
      failureOf(error, where);
      return goTo(`/sign-in?${new URLSearchParams({ problem, request: requestId })}`);
    }
  },
);
