import { headers } from 'next/headers';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import { recordRefusal } from '@/lib/audit/record-refusal';
import type { Actor } from '@/lib/auth/model';
import type { Permission } from '@/lib/auth/permissions';
import type { Context } from '@/lib/context';
import { requireAddressWithinLimit, requireOwnOrigin, requirePermission, requireSignedIn } from './actor';
import { declare } from './declared';
import { timed } from './failed-response';
import { failureOf } from './failure';
import { requireWithinLimit } from './limits';
import type { Result } from './model';
import { parseInput, strictly } from './parse-input';
import { requestIdOf } from './request-id';
import { webContext } from './web-context';

export { parseInput };

/**
 * Declares a command of the pages. It is a public endpoint, so each call checks origin, limits, session, role and
 * input, and a refusal is audited. It answers `{ok, data}` or `{ok, error}`, and throws nothing except Next's own
 * signals.
 */
export function action<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  /** The command stops something, so it has no limit. */
  stops?: true;
  verb: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output>;
}): (input: z.input<Input>) => Promise<Result<Output>> {
  const { name, permission, stops } = declaration;
  const schema = strictly(declaration.input);
  const run = async (input: z.input<Input>): Promise<Result<Output>> => {
    const requestId = requestIdOf(await headers());
    const ctx = webContext();
    let actor: Actor | undefined;
    try {
      await requireOwnOrigin(ctx);
      actor = await requireSignedIn(ctx, requestId).catch(async (error) => {
        await requireAddressWithinLimit(ctx, 'action');
        throw error;
      });
      if (!stops) await requireWithinLimit(ctx, 'action', { person: actor.subject ?? actor.name });
      requirePermission(actor, permission);
      return { ok: true, data: await declaration.verb(ctx, parseInput(schema, input), actor) };
    } catch (error) {
      unstable_rethrow(error);
      if (actor) await recordRefusal(ctx, { actor, action: name, input, error });
      return { ok: false, error: failureOf(error, { log: ctx.log, name, requestId }) };
    }
  };
  const entry: typeof run = (input) => timed(name, () => run(input));
  return declare(entry, { name, permission });
}
