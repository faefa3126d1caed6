import { randomUUID } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import { sessionCookie } from '@/lib/auth/cookie';
import { type Actor, may, type Permission, roleFor } from '@/lib/auth/model';
import { openPerson } from '@/lib/auth/session';
import { AppError } from '@/lib/errors';
import type { Context } from './context';

/** Who asks, from the sealed cookie of this request, or null. Read again for every page, read and action. */
export async function readActor(ctx: Pick<Context, 'config'>, requestId: string = randomUUID()): Promise<Actor | null> {
  const jar = await cookies();
  const person = await openPerson(jar.get(sessionCookie)?.value, ctx.config.auth.sessionSecret);
  return person && { ...person, via: 'web', requestId };
}

/** Throws AppError('unauthenticated') or AppError('forbidden') with the role that is needed. */
export async function requireActor(
  ctx: Pick<Context, 'config'>,
  permission: Permission,
  requestId: string,
): Promise<Actor> {
  const actor = await readActor(ctx, requestId);
  if (!actor) throw new AppError('unauthenticated', 'You are signed out. Sign in again; this page is kept.');
  if (!may(actor.role, permission))
    throw new AppError(
      'forbidden',
      `This needs the role ${roleFor(permission)}; you are signed in as ${actor.role}. Nothing was changed.`,
    );
  return actor;
}

/**
 * Refuses a command that another site sent. Next compares Origin and Host too; a missing Origin passes there and is
 * refused here.
 */
export async function requireOwnOrigin(ctx: Pick<Context, 'config'>): Promise<void> {
  const sent = await headers();
  const origin = sent.get('origin');
  const own = origin && URL.canParse(origin) ? new URL(origin) : null;
  if (own && (own.host === sent.get('host') || own.origin === new URL(ctx.config.web.baseUrl).origin)) return;
  throw new AppError('forbidden', 'This request did not come from the console’s own pages and was refused.');
}
