import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writePrivateJson } from '@/lib/embedded/private-file';
import { repositoryRoot } from '@/lib/embedded/root';
import { runFilePath } from '@/lib/run-file';
import type { Violation } from './labels';
import { markerOf } from './processes';
import type { FaultStack } from './stack';

type Cluster = typeof import('@/local-cluster/console.mjs');

/** The place where Jobs run: local processes, or pods of a control plane whose containers are processes. */
export type Platform = {
  env: Record<string, string>;
  webEnv: Record<string, string>;
  /** Called once the engines are running. */
  ready(stack: FaultStack): Promise<void>;
  /** Kills the API server and returns a function that starts it again; null if it is down already. */
  stopApiServer(): Promise<(() => Promise<void>) | null>;
  checkJobs(): Promise<{ violations: Violation[]; jobs: Record<string, number> }>;
  stop(): Promise<void>;
};

/** A variable in the environment of every container of the data folder's cluster. */
export const containerMarkerOf = (dataDir: string) => markerOf(join(dataDir, 'gates'));

/** Starts a real control plane on the data folder, and builds its Go program first if necessary. */
export async function startCluster(dataDir: string): Promise<Platform> {
  // NOTE: it is not bundled, since it finds its files relative to its own path.
  const path = join(repositoryRoot(), 'tests', 'cluster', 'console.mjs');
  const { namespace, startPlatform }: Cluster = await import(pathToFileURL(path).href);
  const { cluster, kubectl, env, tellJobs } = await startPlatform(dataDir);
  let down = false;
  return {
    env,
    webEnv: { SLC_KUBERNETES_CONTEXT: env.SLC_KUBERNETES_WEB_CONTEXT },
    async ready(stack) {
      writePrivateJson(runFilePath(dataDir), stack.runFile);
      await tellJobs();
    },
    async stopApiServer() {
      if (down) return null;
      down = true;
      await cluster.stopComponent('apiserver');
      return async () => {
        await cluster.startComponent('apiserver');
        down = false;
      };
    },
    async checkJobs() {
      const { items } = JSON.parse(await kubectl(['-n', namespace, 'get', 'jobs', '-o', 'json']));
      return countJobs(items);
    },
    stop: () => cluster.stop(),
  };
}

function countJobs(items: { metadata: { name: string; annotations?: Record<string, string> } }[]) {
  const violations: Violation[] = [];
  const jobs: Record<string, number> = {};
  const attempts = new Map<string, string>();
  for (const { metadata } of items) {
    const kind = metadata.name.split('-')[0] ?? '';
    jobs[kind] = (jobs[kind] ?? 0) + 1;
    const ids = Object.entries(metadata.annotations ?? {})
      .filter(([key]) => /(run|item|attempt)$/.test(key))
      .map(([, value]) => value);
    const key = [kind, ...ids.sort()].join('/');
    const other = attempts.get(key);
    if (other)
      violations.push({ rule: 'nothing twice', sentence: `two Jobs of one attempt: ${other} and ${metadata.name}` });
    attempts.set(key, metadata.name);
  }
  return { violations, jobs };
}
