import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** True where a person may choose a role without proof: bound to loopback and not production. */
export function demoSignInAllowed(config: Pick<Config, 'web' | 'environment'>): boolean {
  return loopback.has(config.web.host) && !config.environment.production;
}

/** Throws AppError('forbidden') where the demo sign-in must not exist. */
export function requireDemoSignIn(config: Pick<Config, 'web' | 'environment'>): void {
  if (demoSignInAllowed(config)) return;
  throw new AppError('forbidden', 'Choosing a role is possible only on a demo that listens on this machine alone.');
}
