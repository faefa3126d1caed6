import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';

/** Statements that one person's reads may have at the engine at a time; the rest wait, so that others are served. */
const statementsMost = 4;
/** Statements of one person that may wait. */
const waitingMost = 200;

type Line = { running: number; waiting: (() => void)[] };

const lines = new Map<string, Line>();

/**
 * The context of one read: its statements take turns with the others of the same person, and end at the engine when
 * `signal` fires, such as by a closed tab.
 */
export function boundedReads(ctx: Context, actor: Actor, signal: AbortSignal): Context {
  const turn = <T>(work: () => Promise<T>) => inTurn(actor.subject ?? actor.sessionId ?? actor.name, signal, work);
  return { ...ctx, clickhouse: ctx.clickhouse.within({ signal, turn }) };
}

/** Runs `work` when fewer than four of `person` run. Rejects when `signal` fires before, AppError('limit') when too many wait. */
export async function inTurn<T>(person: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const line = lines.get(person) ?? { running: 0, waiting: [] };
  lines.set(person, line);
  await place(line, signal);
  try {
    return await work();
  } finally {
    const next = line.waiting.shift();
    if (next) next();
    else line.running -= 1;
    if (line.running === 0) lines.delete(person);
  }
}

/** Resolves when there is room in the line; a place that is given up goes on to the next one. */
function place(line: Line, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (line.running < statementsMost) {
    line.running += 1;
    return Promise.resolve();
  }
  if (line.waiting.length >= waitingMost)
    throw new AppError(
      'limit',
      'Too many reads of yours wait already. Close some of the console’s tabs and try again.',
    );
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      line.waiting.splice(line.waiting.indexOf(begin), 1);
      reject(signal.reason);
    };
    const begin = () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    line.waiting.push(begin);
  });
}
