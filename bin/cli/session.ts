import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { recordRefusal } from '@/lib/audit/record-refusal';
import type { Actor } from '@/lib/auth/model';
import type { Role } from '@/lib/auth/permissions';
import { may, type Permission, roleFor } from '@/lib/auth/permissions';
import { readToken } from '@/lib/auth/read-token';
import { type Context, createContext } from '@/lib/context';
import { getCustomer } from '@/lib/customers/get-customer';
import { type Customer, DayText } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { newestDay } from '@/lib/detection/judge/newest-day';
import { AppError } from '@/lib/errors';
import { exitCodes } from './exit-codes';
import { say } from './output';

/** What every command gets: the context, the person or token behind it, and a signal that Ctrl-C aborts. */
export type Session = { ctx: Context; actor: Actor; signal: AbortSignal };

const signalCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * The permission that a command needs, the role of a person who runs it without a token, and the input that the audit
 * names if it is refused.
 */
type Needs = { permission: Permission; localRole?: Role; input?: unknown };

/** Runs one command with its own context. The command returns its exit code; nothing means 0. */
export async function withSession(
  work: (session: Session) => Promise<number | undefined>,
  needs: Needs,
): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      process.exitCode = signalCodes[name];
      stop.abort(new AppError('refused', 'Interrupted.'));
    });
  const ctx = createContext({ process: 'cli' });
  try {
    const actor = await readCaller(ctx, needs);
    const code = await work({ ctx, actor, signal: stop.signal }).catch(async (error) => {
      const asked = needs.permission !== 'read' && !stop.signal.aborted;
      if (asked) await recordRefusal(ctx, { actor, action: needs.permission, input: needs.input, error });
      throw error;
    });
    process.exitCode ??= code ?? exitCodes.done;
  } finally {
    await ctx.close();
  }
}

/**
 * The name and role of the token. Without one, and unless one is required, the account of the shell: it can read this
 * console's credentials anyway. Throws AppError('unauthenticated') for a token that is not valid, 'forbidden' for one
 * whose role is not enough.
 */
async function readCaller(ctx: Context, { permission, localRole = 'operator' }: Needs): Promise<Actor> {
  const requestId = randomUUID();
  const { token: secret, tokenRequired } = ctx.config.auth;
  if (secret) {
    const { id, name, role, createdSubject } = await readToken(ctx, secret);
    if (may(role, permission))
      return { name, role, via: 'cli', requestId, subject: `token ${id}`, maker: createdSubject ?? undefined };
    throw new AppError('forbidden', `This needs the role ${roleFor(permission)}; the token "${name}" is ${role}.`);
  }
  if (tokenRequired) throw new AppError('unauthenticated', 'This console requires an access token. Set SLC_TOKEN.');
  return { name: accountName(), role: localRole, via: 'cli', requestId };
}

/** The account of the shell. In a container it may have no name, so its number is used. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A context whose ClickHouse statements are stopped at the engine when the command is interrupted. */
export const bounded = ({ ctx, signal }: Session): Context => ({
  ...ctx,
  clickhouse: ctx.clickhouse.within({ signal }),
});

export type RangeOptions = { customer?: string; day?: string; from?: string; to?: string };

/**
 * The customer, from the argument or the option, and its range: `--day`, or `--from` (inclusive) and `--to` (exclusive,
 * by default the next day), or the newest day with data.
 */
export async function readRange(
  { ctx }: Session,
  argument: string | undefined,
  options: RangeOptions,
): Promise<{ customer: Customer; fromDay: string; toDay: string }> {
  const id = argument ?? options.customer;
  if (!id) throw new AppError('invalid_input', 'Name a customer. "customers list" shows them.');
  const customer = await getCustomer(ctx, id);
  const { day, from, to } = options;
  if (day !== undefined && (from !== undefined || to !== undefined))
    throw new AppError('invalid_input', 'Give either --day, or --from and --to.');
  if (to !== undefined && from === undefined) throw new AppError('invalid_input', 'Give --from as well as --to.');
  const first = day ?? from ?? (await newestDay(ctx, customer)).day;
  if (first === null) throw new AppError('not_found', `${id} has no conversations yet.`);
  if (!DayText.safeParse(first).success)
    throw new AppError('invalid_input', `"${first}" is not a day. Write it as YYYY-MM-DD.`);
  if (first !== day && first !== from) say(`${id}: the newest day with data is ${first}.`);
  return { customer, fromDay: first, toDay: to ?? addDays(first, 1) };
}
