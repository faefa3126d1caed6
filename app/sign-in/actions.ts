'use server';

import { randomUUID } from 'node:crypto';
import type { Route } from 'next';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cookieOptions, sessionCookie } from '@/lib/auth/cookie';
import { requireDemoSignIn } from '@/lib/auth/demo';
import { Person } from '@/lib/auth/model';
import { requireAddressWithinLimit, requireOwnOrigin, sentSecret } from '@/lib/edge/actor';
import { open } from '@/lib/edge/declared';
import { failureOf } from '@/lib/edge/failure';
import type { Result } from '@/lib/edge/model';
import { parseInput, strictly } from '@/lib/edge/parse-input';
import { webContext } from '@/lib/edge/web-context';
import { signInAs } from '@/lib/sign-in/finish-sign-in';
import { signOut as endOwnSession } from '@/lib/sign-in/sign-out';

/** Signs in on the demo with any name and role. */
export const signIn = open(
  { name: 'auth.signIn', because: 'it is how one signs in on the demo' },
  async (input: unknown): Promise<Result<null>> => {
    const ctx = webContext();
    const requestId = randomUUID();
    try {
      requireDemoSignIn(ctx.config);
      await requireOwnOrigin(ctx);
      await requireAddressWithinLimit(ctx, 'sign-in');
      const { name, role } = parseInput(strictly(Person), input);
      const secret = await signInAs(ctx, {
        identity: { provider: 'demo', subject: name, name, role },
        idToken: null,
        previousSecret: await sentSecret(ctx),
        userAgent: (await headers()).get('user-agent') ?? '',
        requestId,
      });
      const { https, session } = ctx.config.auth;
      (await cookies()).set(sessionCookie(https), secret, cookieOptions(https, '/', session.maxSeconds));
      return { ok: true, data: null };
    } catch (error) {
      return { ok: false, error: failureOf(error, { log: ctx.log, name: 'auth.signIn', requestId }) };
    }
  },
);

/** Ends the session of this browser, at the provider too. */
export const signOut = open(
  { name: 'auth.signOut', because: 'it ends the session of the cookie that is sent, and no other' },
  async (): Promise<void> => {
    const ctx = webContext();
    await requireOwnOrigin(ctx);
    const requestId = randomUUID();
    const next = await endOwnSession(ctx, await sentSecret(ctx), requestId).catch((error) => {
      failureOf(error, { log: ctx.log, name: 'auth.signOut', requestId });
      return `/sign-in?${new URLSearchParams({ problem: 'unavailable', request: requestId })}`;
    });
    const { https } = ctx.config.auth;
    (await cookies()).set(sessionCookie(https), '', cookieOptions(https, '/', 0));
    redirect(next as Route);
  },
);
