import { randomUUID } from 'node:crypto';
import { unstable_rethrow } from 'next/navigation';
import type { z } from 'zod';
import type { Actor, Permission } from '@/lib/auth/model';
import { AppError } from '@/lib/errors';
import { requireActor, requireOwnOrigin } from './actor';
import type { Context } from './context';
import { failureOf } from './failure';
import type { Result } from './model';
import { webContext } from './web-context';

/** Parses or throws AppError('invalid_input') with a sentence for each field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]));
  const sentences = Object.entries(fields).map(([field, message]) => (field ? `${field}: ${message}` : message));
  throw new AppError('invalid_input', `The request is not usable. ${sentences.join(' ')}`, {
    fields,
    cause: parsed.error,
  });
}

/**
 * Declares a command of the pages: a public endpoint, so origin, session, role and input are checked here on every
 * call. Answers `{ok, data}` or `{ok, error}` and never throws but for Next's own signals.
 */
export function action<Input extends z.ZodType, Output>(declaration: {
  name: string;
  permission: Permission;
  input: Input;
  verb: (ctx: Context, input: z.output<Input>, actor: Actor) => Promise<Output>;
}): (input: z.input<Input>) => Promise<Result<Output>> {
  return async (input) => {
    const requestId = randomUUID();
    const ctx = webContext();
    try {
      await requireOwnOrigin(ctx);
      const actor = await requireActor(ctx, declaration.permission, requestId);
      return { ok: true, data: await declaration.verb(ctx, parseInput(declaration.input, input), actor) };
    } catch (error) {
      unstable_rethrow(error);
      return { ok: false, error: failureOf(error, { log: ctx.log, name: declaration.name, requestId }) };
    }
  };
}
