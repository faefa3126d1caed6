import { randomUUID } from 'node:crypto';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor, Permission } from '@/lib/auth/model';
import { bearerOf, requireActor, requireProgram } from './actor';
import type { Context } from './context';
import { declare } from './declared';
import { failedResponse } from './failed-response';
import type { Result } from './model';
import { parseInput } from './parse-input';
import { webContext } from './web-context';

const noStore = { 'cache-control': 'no-store' };

/**
 * Declares a GET read that screens poll and programs ask with an access token. Input is the query string and the path's
 * parameters; session or token, and role, are checked on every call. Answers `Result` as JSON with the code's HTTP status, or the `Response` that `read` made.
 */
export function route<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  read: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output>;
}): (request: Request, context: { params: Promise<object> }) => Promise<Response> {
  const { name, permission } = declaration;
  const handle = async (request: Request, { params }: { params: Promise<object> }): Promise<Response> => {
    const requestId = randomUUID();
    const ctx = webContext();
    try {
      const bearer = bearerOf(request.headers);
      const actor = bearer
        ? await requireProgram(ctx, bearer, permission, requestId)
        : await requireActor(ctx, permission, requestId, { active: false });
      const query = Object.fromEntries(new URL(request.url).searchParams);
      const data = await declaration.read(ctx, parseInput(declaration.input, { ...query, ...(await params) }), actor);
      if (data instanceof Response) return data;
      return Response.json({ ok: true, data } satisfies Result<Output>, { headers: noStore });
    } catch (error) {
      unstable_rethrow(error);
      return failedResponse(error, { log: ctx.log, name, requestId });
    }
  };
  return declare(handle, { name, permission });
}
