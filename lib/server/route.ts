import { randomUUID } from 'node:crypto';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor, Permission } from '@/lib/auth/model';
import { httpStatus } from '@/lib/errors';
import { parseInput } from './action';
import { requireActor } from './actor';
import type { Context } from './context';
import { failureOf } from './failure';
import type { Result } from './model';
import { webContext } from './web-context';

const noStore = { 'cache-control': 'no-store' };

/**
 * Declares a GET read that screens poll. Input is the query string and the path's parameters; session and role are
 * checked on every call. Answers `Result` as JSON with the code's HTTP status, or the `Response` that `read` made.
 */
export function route<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  read: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output>;
}): (request: Request, context: { params: Promise<object> }) => Promise<Response> {
  return async (request, { params }) => {
    const requestId = randomUUID();
    const ctx = webContext();
    try {
      const actor = await requireActor(ctx, declaration.permission, requestId);
      const query = Object.fromEntries(new URL(request.url).searchParams);
      const data = await declaration.read(ctx, parseInput(declaration.input, { ...query, ...(await params) }), actor);
      if (data instanceof Response) return data;
      return Response.json({ ok: true, data } satisfies Result<Output>, { headers: noStore });
    } catch (error) {
      unstable_rethrow(error);
      const failure = failureOf(error, { log: ctx.log, name: declaration.name, requestId });
      const status = failure.code === 'unexpected' ? 500 : httpStatus[failure.code];
      return Response.json({ ok: false, error: failure } satisfies Result<Output>, { status, headers: noStore });
    }
  };
}
