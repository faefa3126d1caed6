import { sessionCookie } from '@/lib/auth/cookie';
import type { Context } from '@/lib/context';
import { signInAs } from '@/lib/sign-in/finish-sign-in';

/** The cookie of a new session in which a viewer reads pages. */
export async function viewerCookie(ctx: Context): Promise<string> {
  const secret = await signInAs(ctx, {
    identity: { provider: 'demo', subject: 'Bench', name: 'Bench', role: 'viewer' },
    idToken: null,
    previousSecret: undefined,
    userAgent: 'bench',
    requestId: 'bench',
  });
  return `${sessionCookie(ctx.config.auth.https)}=${secret}`;
}
