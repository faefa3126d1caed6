import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Launcher } from './launcher';

/** The launcher that the configuration names. */
export async function createLauncher(config: Config, _log: Log): Promise<Launcher> {
  throw new AppError('unavailable', `The launcher "${config.jobs.launcher}" is not available.`);
}
