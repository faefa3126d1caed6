import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';

/** Throws AppError('forbidden') where the demo sign-in must not exist; `lib/config-auth.ts` says where it may. */
export function requireDemoSignIn(config: Pick<Config, 'auth'>): void {
  if (config.auth.signIn === 'demo') return;
  throw new AppError('forbidden', 'Choosing a role is possible only on a demo that listens on this machine alone.');
}
