import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor } from '@/lib/auth/model';
import type { Permission } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { bearerOf, requireActor, requireProgram } from './actor';
import { boundedReads } from './bounded-reads';
import { declare } from './declared';
import { failedResponse } from './failed-response';
import type { Result } from './model';
import { parseInput } from './parse-input';
import { requestIdOf } from './request-id';
import { sharedRead } from './shared-reads';
import { webContext } from './web-context';

/** nginx's status for a request whose client went away. Nobody reads the answer. */
const closedByClient = 499;
const noStore = { 'cache-control': 'no-store' };

/**
 * Declares a GET read, for pages that poll it and programs with an access token. Its input is the query string and the
 * parameters of the path. Session or token, and role, are checked on every call. It answers a `Result` as JSON with the
 * HTTP status of its code, or the `Response` that `read` made.
 */
export function route<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  /** The answer does not depend on the person, so requests at the same time share one. */
  shared?: boolean;
  read: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output>;
}): (request: Request, context: { params: Promise<object> }) => Promise<Response> {
  const { name, permission } = declaration;
  const handle = async (request: Request, { params }: { params: Promise<object> }): Promise<Response> => {
    const requestId = requestIdOf(request.headers);
    const ctx = webContext();
    try {
      const bearer = bearerOf(request.headers);
      const actor = bearer
        ? await requireProgram(ctx, bearer, permission, requestId)
        : await requireActor(ctx, permission, requestId, { active: false });
      const query = Object.fromEntries(new URL(request.url).searchParams);
      const input = parseInput(declaration.input, { ...query, ...(await params) });
      const read = (signal: AbortSignal) => declaration.read(boundedReads(ctx, actor, signal), input, actor);
      const data = declaration.shared
        ? await sharedRead(`${name} ${JSON.stringify(input)}`, request.signal, read)
        : await read(request.signal);
      if (data instanceof Response) return data;
      return Response.json({ ok: true, data } satisfies Result<Output>, { headers: noStore });
    } catch (error) {
      unstable_rethrow(error);
      if (request.signal.aborted) return new Response(null, { status: closedByClient });
      return failedResponse(error, { log: ctx.log, name, requestId });
    }
  };
  return declare(handle, { name, permission });
}
