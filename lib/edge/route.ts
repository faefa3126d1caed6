import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor } from '@/lib/auth/model';
import type { Permission } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { bearerOf, requireActor, requireProgram } from './actor';
import { boundedReads } from './bounded-reads';
import { declare } from './declared';
import { failedResponse, timed } from './failed-response';
import { parseInput } from './parse-input';
import { requestIdOf } from './request-id';

import { holdsRevision, notModified, Revised, revisionHeaders, revisionOf } from './revision';
import { sharedRead } from './shared-reads';
import { webContext } from './web-context';

/** nginx's status for a request whose client went away. Nobody reads the answer. */
const closedByClient = 499;

/**
 * Declares a GET read, for pages that poll it and programs with an access token. Its input is the query string and the
 * parameters of the path. Session or token, and role, are checked on every call. It answers a `Result` as JSON with the
 * HTTP status of its code, or the `Response` that `read` made.
 *
 * A poll costs nothing where nothing changed: the answer has a `revision`, and a request that holds it (`useLive` sends
 * it as `if-none-match`) is answered with 304 and no body. So an answer should not hold what changes by itself, such as
 * an age: send the instant instead. A read that answers `Revised` knows its revision itself; its input may declare
 * `since`, where `useLive` puts the revision that it holds if it can merge a part into what it has.
 */
export function route<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  /** The answer does not depend on the person, so requests at the same time share one. */
  shared?: boolean;
  /**
   * A cheap look at what the answer depends on, which changes whenever the answer may. Where the request holds it, `read`
   * does not run. Without it, `read` runs each time, and the revision is a hash of what it answered.
   */
  revision?: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<string>;
  read: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output | Revised<Output>>;
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
      // Asked before the read: what changes in between is then sent twice, but never missed.
      const known = declaration.revision && (await declaration.revision(ctx, input, actor));
      if (known !== undefined && holdsRevision(request.headers, known)) return notModified(known);
      const read = async (signal: AbortSignal) => {
        const data = await declaration.read(boundedReads(ctx, actor, signal), input, actor);
        return data instanceof Response ? data : answerOf(data, known);
      };
      const answer = declaration.shared
        ? await sharedRead(`${name} ${JSON.stringify(input)} ${known ?? ''}`, request.signal, read)
        : await read(request.signal);
      if (answer instanceof Response) return answer;
      const { text, revision } = answer;
      if (text === null || holdsRevision(request.headers, revision)) return notModified(revision);
      return new Response(text, { headers: { ...revisionHeaders(revision), 'content-type': 'application/json' } });
    } catch (error) {
      unstable_rethrow(error);
      if (request.signal.aborted) return new Response(null, { status: closedByClient });
      return failedResponse(error, { log: ctx.log, name, requestId });
    }
  };
  const entry: typeof handle = (request, context) => timed(name, () => handle(request, context));
  return declare(entry, { name, permission });
}

/** A `Result` as text, null where the request holds it already; and its revision. */
function answerOf(read: unknown, known: string | undefined): { text: string | null; revision: string } {
  const data = read instanceof Revised ? read.data : read;
  if (read instanceof Revised && data === undefined) return { text: null, revision: read.revision };
  const json = JSON.stringify(data) ?? 'null';
  const revision = read instanceof Revised ? read.revision : (known ?? revisionOf(json));
  return { text: `{"ok":true,"revision":${JSON.stringify(revision)},"data":${json}}`, revision };
}
