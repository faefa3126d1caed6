import { headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import type { Actor } from '@/lib/auth/model';
import type { Permission } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { readActor, requireActor } from './actor';
import { failureOf } from './failure';
import type { Result } from './model';
import { requestIdOf } from './request-id';
import { webContext } from './web-context';

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The first of each query parameter, for a page's own input. */
export async function firstOf(searchParams: SearchParams): Promise<Record<string, string>> {
  const entries = Object.entries(await searchParams).map(([key, value]) => [
    key,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
}

/** Who opens the page; sends the signed-out to the sign-in, which leads back to the very same address. */
export async function openPage(path: string, query: Record<string, string> = {}): Promise<Actor> {
  const actor = await readActor(webContext());
  if (actor) return actor;
  const search = new URLSearchParams(query).toString();
  redirect(`/sign-in?returnTo=${encodeURIComponent(search ? `${path}?${search}` : path)}`);
}

/** A page's first read: what it shows before it polls. A failure is shown in place and healed by the next poll. */
export async function load<T>(
  name: string,
  permission: Permission,
  read: (ctx: Context, actor: Actor) => Promise<T>,
): Promise<Result<T>> {
  const requestId = requestIdOf(await headers());
  const ctx = webContext();
  try {
    return { ok: true, data: await read(ctx, await requireActor(ctx, permission, requestId)) };
  } catch (error) {
    unstable_rethrow(error);
    return { ok: false, error: failureOf(error, { log: ctx.log, name, requestId }) };
  }
}
