'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { sessionCookie, sessionSeconds } from '@/lib/auth/cookie';
import { requireDemoSignIn } from '@/lib/auth/demo';
import { Person, sealPerson } from '@/lib/auth/session';
import { parseInput } from '@/lib/server/action';
import { requireOwnOrigin } from '@/lib/server/actor';
import { failureOf } from '@/lib/server/failure';
import type { Result } from '@/lib/server/model';
import { webContext } from '@/lib/server/web-context';

/** Signs in on the demo with a name and a role of one's choice. The one action without a session. */
export async function signIn(input: unknown): Promise<Result<null>> {
  const ctx = webContext();
  try {
    requireDemoSignIn(ctx.config);
    await requireOwnOrigin(ctx);
    const person = parseInput(Person, input);
    const jar = await cookies();
    jar.set(sessionCookie, await sealPerson(person, ctx.config.auth.sessionSecret), {
      httpOnly: true,
      sameSite: 'lax',
      secure: ctx.config.web.baseUrl.startsWith('https:'),
      path: '/',
      maxAge: sessionSeconds,
    });
    return { ok: true, data: null };
  } catch (error) {
    const requestId = crypto.randomUUID();
    return { ok: false, error: failureOf(error, { log: ctx.log, name: 'auth.signIn', requestId }) };
  }
}

/** Forgets the session of this browser. */
export async function signOut(): Promise<void> {
  await requireOwnOrigin(webContext());
  (await cookies()).delete(sessionCookie);
  redirect('/sign-in');
}
