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

/** `active`: a person did something; polling is not, and lets a session run into its idle end. */
type Activity = { active: boolean };

/** One lookup a request, however many parts of a page ask. */
const sessionOf = cache((ctx: Asked, secret: string | undefined, active: boolean) =>
  readSession(ctx, secret, { active }),
);

/** The secret in this request's cookie. */
export async function sentSecret(ctx: Pick<Context, 'config'>): Promise<string | undefined> {
  return (await cookies()).get(sessionCookie(ctx.config.auth.https))?.value;
}

/** Who asks, from the session of this request's cookie, or null. Read again for every page, read and action. */
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
  throw new AppError('unauthenticated', 'You are signed out. Sign in again; this page is kept.');
}

/** The program that holds the token of `Authorization: Bearer`; guesses count against its address. */
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

/** The text behind `Authorization: Bearer`, or null where another scheme or none was sent. */
export const bearerOf = (sent: Headers): string | null =>
  sent.get('authorization')?.match(/^Bearer +(\S+) *$/i)?.[1] ?? null;

async function sentAddress(ctx: Pick<Context, 'config'>): Promise<string | null> {
  return addressOf((await headers()).get('x-forwarded-for'), ctx.config.auth.trustedProxies);
}

/**
 * Counts what came without a session or token against its address. Where addresses are not told apart nothing is
 * counted: one stranger would lock everybody out.
 */
export async function requireAddressWithinLimit(ctx: Asked, limit: 'action' | 'sign-in' | 'token'): Promise<void> {
  const address = await sentAddress(ctx);
  if (address === null) return;
  if (limit === 'token') await requireWithinLimit(ctx, 'sign-in', { address: `token ${address}` });
  else await requireWithinLimit(ctx, limit, { address });
}

/**
 * Refuses a command that another site sent. Next compares Origin and Host too; a missing Origin passes there and is
 * refused here.
 */
export async function requireOwnOrigin(ctx: Pick<Context, 'config'>): Promise<void> {
  const sent = await headers();
  if (isOwnOrigin(sent.get('origin'), sent.get('host'), ctx.config.web.baseUrl)) return;
  throw new AppError('forbidden', 'This request did not come from the console’s own pages and was refused.');
}
