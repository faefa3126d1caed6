import type { Config } from '@/lib/config';
import type { Log } from '@/lib/log';
import type { Launcher } from './launcher';
import { createProcessLauncher } from './process/launcher';

/**
 * The launcher that the configuration names. `launches` says whether this process launches Jobs, or only looks at them.
 * Throws AppError('unavailable') if its platform cannot be reached.
 */
export async function createLauncher(config: Config, log: Log, launches = true): Promise<Launcher> {
  if (config.jobs.launcher === 'process') return createProcessLauncher({ config, log });
  const { createKubernetesLauncher } = await import('./kubernetes/launcher');
  return createKubernetesLauncher(config, log, launches);
}
