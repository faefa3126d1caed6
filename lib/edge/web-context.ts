import { type Context, createContext } from '@/lib/context';

const shared = globalThis as typeof globalThis & { slcWebContext?: Context };

/** The context of the web process. It survives hot reloads. Throws AppError('unavailable') if no engine is known. */
export function webContext(): Context {
  shared.slcWebContext ??= createContext({ process: 'web' });
  return shared.slcWebContext;
}
