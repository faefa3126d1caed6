import type { Actor } from '@/lib/auth/model';
import type { Context } from '@/lib/context';
import { AppError } from '@/lib/errors';

/**
 * How many statements of one person may run at the engine at a time. The others wait, so that other people are served.
 */
const statementsMost = 4;
/** How many statements of one person may wait. */
const waitingMost = 200;

type Line = { running: number; waiting: (() => void)[] };

const lines = new Map<string, Line>();

/**
 * The context of one read. Its statements take turns with the others of the same person, and are stopped at the engine
 * when `signal` aborts, for example because the tab was closed.
 */
export function boundedReads(ctx: Context, actor: Actor, signal: AbortSignal): Context {
  const turn = <T>(work: () => Promise<T>) => inTurn(actor.subject ?? actor.sessionId ?? actor.name, signal, work);
  return { ...ctx, clickhouse: ctx.clickhouse.within({ signal, turn }) };
}

/**
 * Runs `work` once fewer than four of `person` run. Rejects if `signal` aborts first; AppError('limit') if too many
 * wait.
 */
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

/** Resolves when it is this one's turn. A turn that is given up goes to the next in line. */
function place(line: Line, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (line.running < statementsMost) {
    line.running += 1;
    return Promise.resolve();
  }
  if (line.waiting.length >= waitingMost)
    throw new AppError('limit', 'Too many of your reads are waiting. Close some tabs of the console and try again.');
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
