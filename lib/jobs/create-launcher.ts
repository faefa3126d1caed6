import type { Config } from '@/lib/config';
import type { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import type { Launcher } from './launcher';
import type { LauncherCheck } from './model';
import { createProcessLauncher } from './process/launcher';

type Platform = {
  /** Throws AppError('unavailable') when the platform is not reachable. */
  create(config: Config, log: Log, launches: boolean): Promise<Launcher>;
  /** Where its Jobs run, as far as the configuration says it. */
  where(config: Config): Pick<LauncherCheck, 'cluster' | 'namespace'>;
  /** Whether web and worker have different accounts with different rights. */
  hasAccounts: boolean;
};

/** Every platform that runs Jobs. Another one is an entry here, its folder, and its variables in the configuration. */
const platforms: Record<Config['jobs']['launcher'], Platform> = {
  process: {
    create: async (config, log) => createProcessLauncher({ config, log }),
    where: () => ({ cluster: null, namespace: null }),
    hasAccounts: false,
  },
  kubernetes: {
    create: async (config, log, launches) =>
      (await import('./kubernetes/launcher')).createKubernetesLauncher(config, log, launches),
    where: ({ kubernetes }) => ({ cluster: kubernetes.cluster, namespace: kubernetes.namespace }),
    hasAccounts: true,
  },
};

/**
 * The launcher that the configuration names. `launches` says whether this process launches Jobs, or only looks at them.
 * Throws AppError('unavailable') if its platform cannot be reached.
 */
export const createLauncher = (config: Config, log: Log, launches = true): Promise<Launcher> =>
  platforms[config.jobs.launcher].create(config, log, launches);

/** True where a process sees only what its own account may do, and each has to say it of itself. */
export const launchersHaveAccounts = (config: Config): boolean => platforms[config.jobs.launcher].hasAccounts;

/** Where Jobs run, before anything was asked of the platform. */
export const launcherPlace = (config: Config): Pick<LauncherCheck, 'platform' | 'cluster' | 'namespace'> => ({
  platform: config.jobs.launcher,
  ...platforms[config.jobs.launcher].where(config),
});

/** What a check says of a launcher that could not even be made. */
export const unreachableLauncher = (config: Config, error: AppError): LauncherCheck => ({
  ...launcherPlace(config),
  account: null,
  allFound: '',
  findings: [{ what: 'connection', status: 'failed', sentence: error.message }],
  template: null,
});
