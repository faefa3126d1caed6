import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Launcher } from './launcher';
import { createProcessLauncher } from './process';

/** The launcher that the configuration names. Throws AppError('unavailable') for one that this build lacks. */
export async function createLauncher(config: Config, log: Log): Promise<Launcher> {
  if (config.jobs.launcher === 'process') return createProcessLauncher({ config, log });
  throw new AppError('unavailable', `The launcher "${config.jobs.launcher}" is not available.`);
}
