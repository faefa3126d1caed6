import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import type { Config } from '@/lib/config';
import { AppError } from '@/lib/errors';

const serviceAccountDir = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Credentials by a named context of a kubeconfig, or those of the pod that this process runs in. Never the client's
 * silent default of localhost. Throws AppError('unavailable') with a sentence.
 */
export async function connect(config: Config): Promise<KubeConfig> {
  const { KubeConfig: Kube } = await import('@kubernetes/client-node');
  const { context, kubeconfig } = config.kubernetes;
  const kube = new Kube();
  if (context !== null) {
    const path = kubeconfig ?? join(config.jobs.inherited.HOME ?? '', '.kube', 'config');
    try {
      kube.loadFromFile(path);
      kube.setCurrentContext(context);
    } catch (cause) {
      throw new AppError('unavailable', `The kubeconfig ${path} cannot be read.`, { cause });
    }
    if (kube.getCurrentCluster() !== null) return kube;
    throw new AppError('unavailable', `The kubeconfig ${path} has no context named ${context}.`);
  }
  if (!existsSync(serviceAccountDir))
    throw new AppError(
      'unavailable',
      'This process runs in no Kubernetes pod. Set SLC_KUBERNETES_CONTEXT to a context of your kubeconfig.',
    );
  kube.loadFromCluster();
  return kube;
}
