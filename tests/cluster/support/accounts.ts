import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { loadConfig } from '@/lib/config';
import { createKubernetesLauncher } from '@/lib/jobs/kubernetes/launcher';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec } from '@/lib/jobs/model';
import { createLog } from '@/lib/log';
import { type Cluster, startCluster } from '../../../local-cluster/up.mjs';

export const namespace = 'rights';
export const log = createLog('test', 'silent');

export const spec: JobSpec = {
  name: 'relabel-2026-02-10-0123456789',
  kind: 'relabel',
  envOverrides: {},
  deadlineSeconds: 60,
  annotations: {},
};

/** A cluster for the tests of a file, with the accounts and rights of the manifests in `namespace`. */
export function accountsStage() {
  const launchers: Launcher[] = [];
  let dataDir: string;
  let cluster: Cluster;
  let uid: string;

  async function kubectl(args: string[], input?: object): Promise<string> {
    const { code, stdout, stderr } = await cluster.kubectl(args, input && { input: JSON.stringify(input) });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  }
  const tokenOf = async (account: string) => (await kubectl(['-n', namespace, 'create', 'token', account])).trim();

  /** The launcher is closed with the stage. */
  function closing(launcher: Launcher): Launcher {
    launchers.push(launcher);
    return launcher;
  }

  /** A launcher with the token of slc-worker, or another one, at the cluster's API server or another one. */
  async function launcherWith(
    token: string,
    server = cluster.server,
    env: Record<string, string> = {},
    launches = true,
  ) {
    const kubeconfig = join(dataDir, `kubeconfig-${launchers.length}`);
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'here', cluster: { server, 'certificate-authority': cluster.caFile } }],
      users: [{ name: 'worker', user: { token } }],
      contexts: [{ name: 'worker', context: { cluster: 'here', user: 'worker' } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    const settings = loadConfig({
      NODE_ENV: 'test',
      SLC_DATA_DIR: dataDir,
      SLC_LAUNCHER: 'kubernetes',
      SLC_KUBERNETES_KUBECONFIG: kubeconfig,
      SLC_KUBERNETES_CONTEXT: 'worker',
      SLC_KUBERNETES_NAMESPACE: namespace,
      ...env,
    });
    const launcher = await createKubernetesLauncher(settings, log, launches);
    return closing(launcher);
  }

  /** A token of slc-worker as the API server would have signed it. */
  function signedToken(expiresAtMs: number): string {
    const seconds = Math.floor(expiresAtMs / 1_000);
    const claims = {
      iss: 'https://kubernetes.default.svc',
      aud: ['https://kubernetes.default.svc'],
      sub: `system:serviceaccount:${namespace}:slc-worker`,
      iat: seconds - 3_600,
      nbf: seconds - 3_600,
      exp: seconds,
      'kubernetes.io': { namespace, serviceaccount: { name: 'slc-worker', uid } },
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'ES256', typ: 'JWT' })}.${part(claims)}`;
    const key = createPrivateKey(readFileSync(join(dataDir, 'cluster', 'pki', 'service-account.key')));
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'slc-rights-'));
    cluster = await startCluster({ dataDir: join(dataDir, 'cluster'), images: {} });
    await kubectl(['create', 'namespace', namespace]);
    for (const file of ['service-accounts', 'roles', 'job'])
      await kubectl(['-n', namespace, 'apply', '-f', `deploy/base/${file}.yaml`]);
    uid = await kubectl(['-n', namespace, 'get', 'sa', 'slc-worker', '-o', 'jsonpath={.metadata.uid}']);
  });
  afterAll(async () => {
    await Promise.all(launchers.map((launcher) => launcher.close()));
    await cluster?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  return {
    get dataDir() {
      return dataDir;
    },
    get cluster() {
      return cluster;
    },
    kubectl,
    tokenOf,
    workerToken: () => tokenOf('slc-worker'),
    signedToken,
    launcherWith,
    closing,
  };
}
