// @ts-check
// The whole console against a test cluster: for `npm run cluster` and for the tests of a repair on Kubernetes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../scripts/support/run.mjs';
import { startStack } from '../scripts/support/stack.mjs';
import { attachCluster, startCluster } from './up.mjs';

export const namespace = 'stale-labels';
export const cronJob = 'cron-label-conversations';
/** As deploy/base names it. */
const consoleImage = 'stale-label-console';
export const labelerImage = 'cron-label-conversations:here';
const accounts = /** @type {const} */ (['slc-web', 'slc-worker']);
const tokenLife = '720h';

/**
 * A cluster with the namespace, accounts and Roles of `deploy/base` and a CronJob whose container is the reference
 * labeler. `env` is the environment of a console on it; `tellJobs` is called once its engines' run file is there.
 * @param {string} dataDir
 */
export async function startPlatform(dataDir) {
  const cluster = await startCluster({ dataDir: join(dataDir, 'cluster'), images: consoleImages(dataDir) });
  try {
    const kubectl = kubectlOf(cluster);
    await prepareNamespace(kubectl);
    const kubeconfig = kubeconfigOf(dataDir);
    writeFileSync(kubeconfig, JSON.stringify(await accountsConfig(cluster, kubectl)), { mode: 0o600 });
    const tellJobs = () => kubectl(['apply', '-f', '-'], settings(dataDir));
    return { cluster, kubectl, kubeconfig, env: environmentOf(dataDir), tellJobs };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/**
 * The platform and the console on it: its worker speaks to Kubernetes as slc-worker, its pages as slc-web. Programs
 * must be built already.
 * @param {{ dataDir: string, port?: number, say?: (line: string) => void }} options
 */
export async function startConsole({ dataDir: given, port, say = () => {} }) {
  const dataDir = resolve(given);
  mkdirSync(dataDir, { recursive: true });
  say('Starting the control plane.');
  const { cluster, kubeconfig, env, tellJobs } = await startPlatform(dataDir);
  try {
    say('Starting the console on it.');
    const stack = await startStack({ dataDir, port, env });
    await tellJobs();
    return {
      cluster,
      stack,
      kubeconfig,
      async stop() {
        await stack.stop({ keep: true });
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/**
 * A console that `npm run cluster` started on a data folder and stops.
 * @param {string} given
 */
export async function attachConsole(given) {
  const dataDir = resolve(given);
  const cluster = await attachCluster(join(dataDir, 'cluster'));
  return {
    cluster,
    kubectl: kubectlOf(cluster),
    kubeconfig: kubeconfigOf(dataDir),
    dataDir,
    env: commandLineOf(dataDir),
  };
}

const kubeconfigOf = (/** @type {string} */ dataDir) => join(dataDir, 'kubeconfig');

/** What `npm run cluster` prints for the command line, which may do what the pages may. */
export const commandLineOf = (/** @type {string} */ dataDir) => ({
  SLC_DATA_DIR: dataDir,
  SLC_LAUNCHER: 'kubernetes',
  SLC_KUBERNETES_NAMESPACE: namespace,
  SLC_KUBERNETES_KUBECONFIG: kubeconfigOf(dataDir),
  SLC_KUBERNETES_CONTEXT: 'slc-web',
});

const environmentOf = (/** @type {string} */ dataDir) => ({
  SLC_ENVIRONMENT: 'Kubernetes demo',
  SLC_LAUNCHER: 'kubernetes',
  SLC_KUBERNETES_KUBECONFIG: kubeconfigOf(dataDir),
  SLC_KUBERNETES_CLUSTER: 'slc-demo',
  SLC_KUBERNETES_CONTEXT: 'slc-worker',
  SLC_KUBERNETES_WEB_CONTEXT: 'slc-web',
  SLC_KUBERNETES_NAMESPACE: namespace,
  SLC_KUBERNETES_CRONJOB: cronJob,
});

/**
 * This repository's programs as images. A container waits while a file of its program's name (`labeler`, or a Job's
 * kind) is in `gates`, so that a test can look at it half way.
 * @param {string} dataDir
 */
function consoleImages(dataDir) {
  const gates = gatesOf(dataDir);
  mkdirSync(gates, { recursive: true });
  const wait = 'for gate in "$@"; do while [ -e "$SLC_GATES/$(basename "$gate" .mjs)" ]; do sleep 0.05; done; done';
  const command = ['sh', '-c', `${wait}; cd '${root}' && exec '${process.execPath}' "$@"`, 'node'];
  // NOTE: a data folder without a run.json, so that nothing but the manifest's own settings is seen.
  const env = { SLC_GATES: gates, SLC_DATA_DIR: gates };
  return {
    [consoleImage]: { command, env },
    [labelerImage]: { command, args: ['dist/labeler.mjs'], env },
  };
}

/** @param {string} dataDir */
export const gatesOf = (dataDir) => join(resolve(dataDir), 'gates');

/** @param {Pick<import('./up.mjs').Cluster, 'kubectl'>} cluster */
function kubectlOf(cluster) {
  /** Throws with what kubectl said. @param {string[]} args @param {object} [input] */
  return async (args, input) => {
    const { code, stdout, stderr } = await cluster.kubectl(args, input && { input: JSON.stringify(input) });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr.trim()}`);
    return stdout;
  };
}

/** @param {ReturnType<typeof kubectlOf>} kubectl */
async function prepareNamespace(kubectl) {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await kubectl(['apply', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels },
  });
  for (const file of ['service-accounts.yaml', 'roles.yaml', 'job.yaml'])
    await kubectl(['-n', namespace, 'apply', '-f', join(root, 'deploy', 'base', file)]);
  await kubectl(['apply', '-f', '-'], labelerCronJob());
}

/** The cron as in production, but suspended: otherwise it would change the demo's incident. */
function labelerCronJob() {
  const container = {
    name: 'label-conversations',
    image: labelerImage,
    envFrom: [{ secretRef: { name: 'label-conversations' } }],
    env: [{ name: 'FILTER_CUSTOMER_IN_LABEL_CONVERSATIONS_WITH_AGENT_ASSISTANCE', value: '' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
  };
  const spec = {
    restartPolicy: 'OnFailure',
    terminationGracePeriodSeconds: 5,
    automountServiceAccountToken: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: cronJob, namespace },
    spec: { schedule: '*/30 * * * *', suspend: true, jobTemplate: { spec: { template: { spec } } } },
  };
}

/**
 * A kubeconfig with one context an account.
 * @param {import('./up.mjs').Cluster} cluster
 * @param {ReturnType<typeof kubectlOf>} kubectl
 */
async function accountsConfig(cluster, kubectl) {
  const tokens = await Promise.all(
    accounts.map((name) => kubectl(['-n', namespace, 'create', 'token', name, `--duration=${tokenLife}`])),
  );
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'slc-demo', cluster: { server: cluster.server, 'certificate-authority': cluster.caFile } }],
    users: accounts.map((name, at) => ({ name, user: { token: (tokens[at] ?? '').trim() } })),
    contexts: accounts.map((name) => ({ name, context: { cluster: 'slc-demo', user: name, namespace } })),
  };
}

/** The environment of the Jobs' containers, from the run file of the engines. @param {string} dataDir */
function settings(dataDir) {
  const run = JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8'));
  const { slc_deleter: deleter, slc_labeler: labeler } = run.clickhouseUsers;
  const object = (/** @type {string} */ kind, /** @type {string} */ name, /** @type {object} */ rest) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace },
    ...rest,
  });
  const items = [
    object('ConfigMap', 'slc-config', { data: { CLICKHOUSE_URL: run.clickhouseUrl } }),
    object('Secret', 'slc-clickhouse-deleter', { stringData: { CLICKHOUSE_DELETER_PASSWORD: deleter } }),
    object('Secret', 'label-conversations', {
      stringData: {
        CLICKHOUSE_URL: run.clickhouseUrl,
        CLICKHOUSE_LABELER_PASSWORD: labeler,
        DATABASE_URL: run.postgresUrl,
        CHATS_DATABASE_URL: run.chatsUrl,
      },
    }),
  ];
  return { apiVersion: 'v1', kind: 'List', items };
}
