import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Agent, RequestOptions } from 'node:https';
import { dirname, isAbsolute, join } from 'node:path';
import type { Config } from '@/lib/config';
import { AppError, messageOf } from '@/lib/errors';
import { proxyAgent } from './proxy-agent';

/**
 * An API server, and what adds certificates and a token to a request. `name` is null if nothing names the cluster.
 * `agent` is set if the connection goes through a proxy.
 */
export type Connection = {
  server: string;
  name: string | null;
  agent?: Agent;
  authorize(options: RequestOptions): Promise<void>;
};

/**
 * The credentials of a named context of a kubeconfig, or of the pod that this process runs in; never the client's
 * default of localhost. Throws AppError('unavailable').
 */
export async function connect(config: Config): Promise<Connection> {
  const { context, kubeconfig } = config.kubernetes;
  return context === null
    ? fromPod(config)
    : fromKubeconfig(kubeconfig ?? join(config.jobs.inherited.HOME ?? '', '.kube', 'config'), context);
}

/**
 * The account of this pod. The token is read for each request, since the kubelet replaces it within the hour. (The
 * client's reader keeps a token for a minute, and uses the same one for every cluster.)
 */
function fromPod({ kubernetes }: Config): Connection {
  const { folder, host, port } = kubernetes.pod;
  if (!existsSync(join(folder, 'token')) || host === null)
    throw new AppError(
      'unavailable',
      'This process does not run in a Kubernetes pod. Set SLC_KUBERNETES_CONTEXT to a context of your kubeconfig.',
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
  // NOTE: the client takes a second and 75 MB to load, and a pod does not need it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const kube = new KubeConfig();
  try {
    kube.loadFromFile(path);
    kube.setCurrentContext(context);
  } catch (cause) {
    throw new AppError('unavailable', `The kubeconfig ${path} cannot be read.`, { cause });
  }
  const cluster = kube.getCurrentCluster();
  const user = kube.getCurrentUser();
  if (cluster === null) throw new AppError('unavailable', `The kubeconfig ${path} has no context named ${context}.`);
  if (!cluster.server.startsWith('https://'))
    throw new AppError('unavailable', `The API server ${cluster.server} of the context ${context} is not https.`);
  if (user && !hasCredentials(user) && /\btokenFile\b/.test(await readFile(path, 'utf8')))
    throw new AppError(
      'unavailable',
      `The user of the context ${context} has a tokenFile, which is not read here. Give it a token, a client certificate or an exec plugin.`,
    );
  // NOTE: like in kubectl, the path of a plugin is relative to the folder of the kubeconfig.
  const command = user?.exec?.command;
  if (user && typeof command === 'string' && command.includes('/') && !isAbsolute(command))
    user.exec.command = join(dirname(path), command);
  return {
    server: cluster.server,
    name: cluster.name,
    ...(cluster.proxyUrl ? { agent: proxyAgent(cluster.proxyUrl) } : {}),
    async authorize(options) {
      try {
        await kube.applyToHTTPSOptions(options);
      } catch (cause) {
        const why = messageOf(cause).slice(0, 300);
        throw new AppError('unavailable', `The credentials of the context ${context} could not be obtained: ${why}`, {
          cause,
        });
      }
    },
  };
}

/** Whether a user of a kubeconfig has credentials that the client reads. */
const hasCredentials = (user: object): boolean =>
  ['token', 'certData', 'certFile', 'exec', 'authProvider', 'username'].some((field) =>
    Boolean(Reflect.get(user, field)),
  );
