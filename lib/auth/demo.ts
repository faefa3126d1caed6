import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';

/** Throws AppError('forbidden') where the demo sign-in must not exist. `lib/config-auth.ts` decides that. */
export function requireDemoSignIn(config: Pick<Config, 'auth'>): void {
  if (config.auth.signIn === 'demo') return;
  throw new AppError('forbidden', 'A role can be chosen only on a demo that listens only on this machine.');
}
