import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { join } from 'node:path';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';

/** An API server, and what adds certificates and a token to a request. `name` is null where nothing names the cluster. */
export type Connection = { server: string; name: string | null; authorize(options: RequestOptions): Promise<void> };

/**
 * Credentials by a named context of a kubeconfig, or those of the pod that this process runs in. Never the client's
 * silent default of localhost. Throws AppError('unavailable') with a sentence.
 */
export async function connect(config: Config): Promise<Connection> {
  const { context, kubeconfig } = config.kubernetes;
  return context === null
    ? fromPod(config)
    : fromKubeconfig(kubeconfig ?? join(config.jobs.inherited.HOME ?? '', '.kube', 'config'), context);
}

/**
 * The account of this pod. The token is read for each request: the kubelet replaces it within the hour (the client's
 * own reader keeps one for a minute, and the same one for every cluster).
 */
function fromPod({ kubernetes }: Config): Connection {
  const { folder, host, port } = kubernetes.pod;
  if (!existsSync(join(folder, 'token')) || host === null)
    throw new AppError(
      'unavailable',
      'This process runs in no Kubernetes pod. Set SLC_KUBERNETES_CONTEXT to a context of your kubeconfig.',
    );
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    name: null,
    async authorize(options) {
      const [token, ca] = await Promise.all(['token', 'ca.crt'].map((name) => readFile(join(folder, name), 'utf8')));
      options.ca = ca;
      options.headers = { ...options.headers, authorization: `Bearer ${(token ?? '').trim()}` };
    },
  };
}

async function fromKubeconfig(path: string, context: string): Promise<Connection> {
  // NOTE: the client takes a second and 75 MB to load; a pod needs none of it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kube = new KubeConfig();
  try {
    kube.loadFromFile(path);
    kube.setCurrentContext(context);
  } catch (cause) {
    throw new AppError('unavailable', `The kubeconfig ${path} cannot be read.`, { cause });
  }
  const cluster = kube.getCurrentCluster();
  if (cluster === null) throw new AppError('unavailable', `The kubeconfig ${path} has no context named ${context}.`);
  return {
    server: cluster.server,
    name: cluster.name,
    authorize: (options) => kube.applyToHTTPSOptions(options),
  };
}
