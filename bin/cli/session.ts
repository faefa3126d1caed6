import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Actor } from '@/lib/auth/model';
import { getCustomer } from '@/lib/customers/get-customer';
import { type Customer, DayText } from '@/lib/customers/model';
import { addDays } from '@/lib/days';
import { newestDay } from '@/lib/detection/newest-day';
import { AppError } from '@/lib/errors';
import { type Context, createContext } from '@/lib/server/context';
import { exitCodes } from './exit-codes';
import { say } from './output';

/** What every command gets: the context, who asks, and a signal that Ctrl-C aborts. */
export type Session = { ctx: Context; actor: Actor; signal: AbortSignal };

const signalCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs one command with a context of its own; the command returns its exit code, 0 when it returns nothing. */
export async function withSession(work: (session: Session) => Promise<number | undefined>): Promise<void> {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      process.exitCode = signalCodes[name];
      stop.abort(new AppError('refused', 'Interrupted.'));
    });
  const ctx = createContext({ process: 'cli' });
  const actor: Actor = { name: userInfo().username, role: 'operator', via: 'cli', requestId: randomUUID() };
  try {
    const code = (await work({ ctx, actor, signal: stop.signal })) ?? exitCodes.done;
    process.exitCode ??= code;
  } finally {
    await ctx.close();
  }
}

export type RangeOptions = { customer?: string; day?: string; from?: string; to?: string };

/**
 * The customer, as argument or option, and its range: `--day`, or `--from` (inclusive) and `--to` (exclusive, the next
 * day unless given), or the newest day with data.
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
  const first = day ?? from ?? (await newestDay(ctx, customer));
  if (first === null) throw new AppError('not_found', `${id} has no conversations yet.`);
  if (!DayText.safeParse(first).success)
    throw new AppError('invalid_input', `"${first}" is not a day. Write it as YYYY-MM-DD.`);
  if (first !== day && first !== from) say(`${id}: the newest day with data is ${first}.`);
  return { customer, fromDay: first, toDay: to ?? addDays(first, 1) };
}
