import { randomUUID } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import { cache } from 'react';
import { sessionCookie } from '@/lib/auth/cookie';
import type { Actor } from '@/lib/auth/model';
import { may, type Permission, roleFor } from '@/lib/auth/permissions';
import { readSession } from '@/lib/auth/read-session';
import { readToken } from '@/lib/auth/read-token';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';
import { addressOf } from './address';
import { requireWithinLimit } from './limits';
import { isOwnOrigin } from './origin';

type Asked = Pick<Context, 'config' | 'db'>;

/** `active` means that a person did something. Polling is not active, so a session may become idle meanwhile. */
type Activity = { active: boolean };

/** One lookup for each request, however many parts of a page need it. */
const sessionOf = cache((ctx: Asked, secret: string | undefined, active: boolean) =>
  readSession(ctx, secret, { active }),
);

/** The secret in this request's cookie. */
export async function sentSecret(ctx: Pick<Context, 'config'>): Promise<string | undefined> {
  return (await cookies()).get(sessionCookie(ctx.config.auth.https))?.value;
}

/** The person whose session is in the request's cookie, or null. It is read again for every page, read and action. */
export async function readActor(
  ctx: Asked,
  requestId: string = randomUUID(),
  { active }: Activity = { active: true },
): Promise<Actor | null> {
  const session = await sessionOf(ctx, await sentSecret(ctx), active);
  if (!session) return null;
  const { name, role, provider, subject, id } = session;
  const proven = provider === 'demo' ? {} : { subject: `${provider} ${subject}` };
  return { name, role, via: 'web', requestId, sessionId: id, ...proven };
}

/** Throws AppError('unauthenticated') or AppError('forbidden') with the role that is needed. */
export async function requireActor(
  ctx: Asked,
  permission: Permission,
  requestId: string,
  activity: Activity = { active: true },
): Promise<Actor> {
  return requirePermission(await requireSignedIn(ctx, requestId, activity), permission);
}

/** Throws AppError('unauthenticated'). */
export async function requireSignedIn(
  ctx: Asked,
  requestId: string,
  activity: Activity = { active: true },
): Promise<Actor> {
  const actor = await readActor(ctx, requestId, activity);
  if (actor) return actor;
  const why = (await sentSecret(ctx)) === undefined ? 'You are signed out.' : 'Your session ended.';
  throw new AppError('unauthenticated', `${why} Sign in, and you return to this page.`);
}

/** The program whose token is in `Authorization: Bearer`. Wrong tokens count against its address. */
export async function requireProgram(
  ctx: Asked,
  bearer: string,
  permission: Permission,
  requestId: string,
): Promise<Actor> {
  const token = await readToken(ctx, bearer).catch(async (error) => {
    await requireAddressWithinLimit(ctx, 'token');
    throw error;
  });
  await requireWithinLimit(ctx, 'action', { person: `token ${token.id}` });
  const { id, name, role, createdSubject } = token;
  const actor: Actor = {
    name,
    role,
    via: 'token',
    requestId,
    subject: `token ${id}`,
    maker: createdSubject ?? undefined,
  };
  return requirePermission(actor, permission);
}

/** Throws AppError('forbidden') with the role that is needed. */
export function requirePermission(actor: Actor, permission: Permission): Actor {
  if (may(actor.role, permission)) return actor;
  throw new AppError(
    'forbidden',
    `This needs the role ${roleFor(permission)}; you are signed in as ${actor.role}. Nothing was changed.`,
  );
}

/** The token of `Authorization: Bearer`, or null if another scheme or none was sent. */
export const bearerOf = (sent: Headers): string | null =>
  sent.get('authorization')?.match(/^Bearer +(\S+) *$/i)?.[1] ?? null;

async function sentAddress(ctx: Pick<Context, 'config'>): Promise<string | null> {
  return addressOf((await headers()).get('x-forwarded-for'), ctx.config.auth.trustedProxies);
}

/**
 * Counts a request without a session or token against its address. If addresses cannot be distinguished, nothing is
 * counted, since one stranger could lock everybody out.
 */
export async function requireAddressWithinLimit(ctx: Asked, limit: 'action' | 'sign-in' | 'token'): Promise<void> {
  const address = await sentAddress(ctx);
  if (address === null) return;
  if (limit === 'token') await requireWithinLimit(ctx, 'sign-in', { address: `token ${address}` });
  else await requireWithinLimit(ctx, limit, { address });
}

/**
 * Refuses a command that another site sent. Next compares Origin and Host too, but it accepts a missing Origin, which
 * is refused here.
 */
export async function requireOwnOrigin(ctx: Pick<Context, 'config'>): Promise<void> {
  const sent = await headers();
  if (isOwnOrigin(sent.get('origin'), sent.get('host'), ctx.config.web.baseUrl)) return;
  throw new AppError('forbidden', 'This request did not come from the console’s own pages and was refused.');
}
