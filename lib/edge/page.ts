import { headers } from 'next/headers';
import { redirect, unstable_rethrow } from 'next/navigation';
import type { Actor } from '@/lib/auth/model';
import type { Permission } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { readActor, requireActor } from './actor';
import { timed } from './failed-response';
import { failureOf } from './failure';
import type { Result } from './model';
import { requestIdOf } from './request-id';

import { Revised, revisionOf } from './revision';
import { webContext } from './web-context';

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The first value of each query parameter. */
export async function firstOf(searchParams: SearchParams): Promise<Record<string, string>> {
  const entries = Object.entries(await searchParams).map(([key, value]) => [
    key,
    Array.isArray(value) ? value[0] : value,
  ]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== ''));
}

/** The person who opens the page. Others are sent to the sign-in, which leads back to the same address. */
export async function openPage(path: string, query: Record<string, string> = {}): Promise<Actor> {
  const actor = await readActor(webContext());
  if (actor) return actor;
  const search = new URLSearchParams(query).toString();
  redirect(`/sign-in?returnTo=${encodeURIComponent(search ? `${path}?${search}` : path)}`);
}

/**
 * The first read of a page. If it fails, the page shows the failure, and its next poll may succeed. `revision` is that of
 * the route that the page polls, where it declares one.
 */
export async function load<T>(
  name: string,
  permission: Permission,
  read: (ctx: Context, actor: Actor) => Promise<T | Revised<T>>,
  revision?: (ctx: Context, actor: Actor) => Promise<string>,
): Promise<Result<T>> {
  const requestId = requestIdOf(await headers());
  const ctx = webContext();
  return timed<Result<T>>(`page ${name}`, async () => {
    try {
      const actor = await requireActor(ctx, permission, requestId);
      const known = await revision?.(ctx, actor);
      const data = await read(ctx, actor);
      if (data instanceof Revised) return { ok: true, data: data.data as T, revision: data.revision };
      return { ok: true, data, revision: known ?? revisionOf(JSON.stringify(data) ?? 'null') };
    } catch (error) {
      unstable_rethrow(error);
      return { ok: false, error: failureOf(error, { log: ctx.log, name, requestId }) };
    }
  });
}
