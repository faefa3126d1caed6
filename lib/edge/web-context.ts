import { type Context, createContext } from '@/lib/context';

const shared = globalThis as typeof globalThis & { slcWebContext?: Context };

/** The one context of the web process; it outlives hot reloads. Throws AppError('unavailable') without engines. */
export function webContext(): Context {
  shared.slcWebContext ??= createContext({ process: 'web' });
  return shared.slcWebContext;
}
