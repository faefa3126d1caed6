// Starts the test cluster from Node. Types come from the JSDoc: TypeScript imports this file as it is.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildCluster } from './build.mjs';

const stopTimeoutMs = 30_000;

/**
 * @typedef {'etcd' | 'apiserver' | 'controller-manager' | 'scheduler' | 'node'} Component
 * @typedef {{ command: string[], args?: string[], env?: Record<string, string> }} Image
 *   Docker's ENTRYPOINT, CMD and ENV, for a program of this machine.
 * @typedef {{ code: number, stdout: string, stderr: string }} Output
 * @typedef {object} Cluster
 * @property {string} kubeconfig path of a kubeconfig (0600) with the administrator's token
 * @property {string} adminToken bearer token in the group system:masters
 * @property {string} server URL of the API server
 * @property {string} caFile the CA certificate of server
 * @property {string} node name of the one node
 * @property {string} podsDir one folder per pod, NAMESPACE_NAME_UID
 * @property {(images: Record<string, Image>) => void} setImages replaces the images; running containers stay
 * @property {() => Promise<void>} stop ends every process of the cluster, containers too
 * @property {(name: Component) => Promise<void>} stopComponent kill -9
 * @property {(name: Component) => Promise<void>} startComponent starts it again on the same data and port, and waits until it answers
 * @property {(args: string[], options?: { input?: string, timeoutMs?: number }) => Promise<Output>} kubectl never throws for an exit code
 */

/**
 * Builds the binary where it has to, starts a cluster and waits until a pod could run.
 * It ends with this process, however this process ends; dataDir then holds its logs.
 * @param {{ dataDir: string, images: Record<string, Image> }} options dataDir: a folder of this cluster's own
 * @returns {Promise<Cluster>}
 */
export async function startCluster({ dataDir, images }) {
  const binary = await buildCluster();
  const dir = resolve(dataDir);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const imagesFile = join(dir, 'images.json');
  const setImages = (/** @type {Record<string, Image>} */ next) => writeFileSync(imagesFile, JSON.stringify(next));
  setImages(images);

  const up = spawn(binary, ['up', '--data', dir, '--images', imagesFile, '--until-stdin-closes'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise((done) => up.once('close', done));
  await ready(up);

  return {
    ...attach(binary, dir),
    setImages,
    async stop() {
      if (up.exitCode !== null || up.signalCode !== null) return;
      const kill = setTimeout(() => up.kill('SIGKILL'), stopTimeoutMs);
      up.kill('SIGTERM');
      await ended;
      clearTimeout(kill);
    },
  };
}

/**
 * A cluster that another process started and stops.
 * @param {string} dataDir its data folder
 * @returns {Promise<Omit<Cluster, 'setImages' | 'stop'>>}
 */
export async function attachCluster(dataDir) {
  return attach(await buildCluster(), resolve(dataDir));
}

/** @param {string} binary @param {string} dir @returns {Omit<Cluster, 'setImages' | 'stop'>} */
function attach(binary, dir) {
  const description = JSON.parse(readFileSync(join(dir, 'cluster.json'), 'utf8'));
  const environment = { ...process.env, KUBECONFIG: description.kubeconfig, KUBECACHEDIR: join(dir, 'kubectl-cache') };
  const command = async (/** @type {string} */ verb, /** @type {Component} */ name) => {
    const { code, stderr } = await run(binary, [verb, name, '--data', dir], process.env, { timeoutMs: 120_000 });
    if (code !== 0) throw new Error(stderr.trim());
  };
  return {
    ...description,
    podsDir: join(dir, 'pods'),
    stopComponent: (name) => command('stop', name),
    startComponent: (name) => command('start', name),
    kubectl: (args, options = {}) => run(binary, ['kubectl', ...args], environment, options),
  };
}

/** Waits for the line "ready"; what the cluster says later goes to standard error. */
function ready(/** @type {import('node:child_process').ChildProcessWithoutNullStreams} */ up) {
  let complaints = '';
  let isReady = false;
  up.stderr.setEncoding('utf8').on('data', (text) => {
    if (isReady) process.stderr.write(text);
    else complaints += text;
  });
  return new Promise((done, fail) => {
    up.once('error', fail);
    up.once('close', (code) => fail(new Error(complaints.trim() || `the cluster ended with code ${code}`)));
    createInterface({ input: up.stdout }).on('line', (line) => {
      if (!line.startsWith('ready ')) return;
      isReady = true;
      done(undefined);
    });
  });
}

/** @returns {Promise<{ code: number, stdout: string, stderr: string }>} */
function run(
  /** @type {string} */ binary,
  /** @type {string[]} */ args,
  /** @type {NodeJS.ProcessEnv} */ env,
  /** @type {{ input?: string, timeoutMs?: number }} */ { input = '', timeoutMs = 60_000 },
) {
  return new Promise((done, fail) => {
    const child = spawn(binary, args, { env, timeout: timeoutMs, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
    child.once('error', fail);
    child.once('close', (code) => {
      if (code === null) stderr += `\nkilled after ${timeoutMs} ms`;
      done({ code: code ?? 137, stdout, stderr });
    });
  });
}
