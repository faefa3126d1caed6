// The cluster that the smoke tests share, and what they do with it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../../local-cluster/up.mjs';

const dataDir = mkdtempSync(join(tmpdir(), 'slc-cluster-'));
const images = {
  shell: { command: ['sh', '-c'], args: ['echo default'], env: { FROM_IMAGE: 'yes' } },
  node: { command: [process.execPath, '-e'] },
};
/** @type {import('../../../local-cluster/up.mjs').Cluster} */
export let cluster;

export async function startStage() {
  cluster = await startCluster({ dataDir, images });
}

export async function stopStage() {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

export async function kubectl(...args) {
  const { code, stdout, stderr } = await cluster.kubectl(args);
  assert.equal(code, 0, stderr);
  return stdout;
}

const paths = {
  serviceaccounts: '/api/v1',
  resourcequotas: '/api/v1',
  pods: '/api/v1',
  jobs: '/apis/batch/v1',
};

/** Objects of a kind; polled without kubectl, of which each call costs 0.1 s of CPU. */
export async function list(kind, ns, labelSelector = '') {
  const { status, body } = await api('GET', `${paths[kind]}/namespaces/${ns}/${kind}?labelSelector=${labelSelector}`);
  assert.equal(status, 200, body.message);
  return body.items;
}

export async function get(kind, name, ns) {
  return (await list(kind, ns)).find((each) => each.metadata.name === name);
}

/** The process of a component that runs. */
export function componentPid(name) {
  const isIt = (pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes(`\0component\0${name}\0`) && command.includes(dataDir);
    } catch {
      return false; // it has ended since
    }
  };
  const pid = readdirSync('/proc').find((entry) => /^\d+$/.test(entry) && isIt(entry));
  assert.ok(pid, `${name} does not run`);
  return Number(pid);
}

export async function apply(manifest, ...flags) {
  return cluster.kubectl(['create', '-f', '-', ...flags], { input: JSON.stringify(manifest) });
}

export async function create(manifest) {
  const { code, stderr } = await apply(manifest);
  assert.equal(code, 0, stderr);
}

/** A namespace of the test's own, ready for pods. */
export async function namespace(name, labels = {}) {
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
  await until(() => get('serviceaccounts', 'default', name));
  return name;
}

export async function until(probe, seconds = 60) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `not seen within ${seconds} s: ${probe}`);
    await sleep(150);
  }
}

export function podSpec(script, extra = {}, container = {}) {
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 1,
    containers: [{ name: 'main', image: 'shell', args: [script], ...container }],
    ...extra,
  };
}

export function job(namespace, name, script, spec = {}, pod = {}, container = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace },
    spec: { backoffLimit: 0, template: { spec: podSpec(script, pod, container) }, ...spec },
  };
}

export function condition(object, type) {
  return object?.status?.conditions?.find((each) => each.type === type && each.status === 'True');
}

export const finished = async (ns, name) => {
  const found = await get('jobs', name, ns);
  return condition(found, 'Complete') ?? condition(found, 'Failed');
};

export async function podOf(ns, jobName) {
  return (await list('pods', ns, `job-name=${jobName}`))[0];
}

export const containerOf = async (ns, jobName) => (await podOf(ns, jobName))?.status?.containerStatuses?.[0];

/** One request to the API server. */
export function api(method, path, { token = cluster.adminToken, body } = {}) {
  return new Promise((done, fail) => {
    const payload = body ? JSON.stringify(body) : '';
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(payload), // without it Node drops the body of a DELETE, preconditions and all
    };
    const call = request(
      `${cluster.server}${path}`,
      { method, headers, ca: readFileSync(cluster.caFile) },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode, body: JSON.parse(text) }));
      },
    );
    call.on('error', fail).end(payload);
  });
}

/** A zombie is dead: only its parent, this machine's init, has yet to notice. */
export function isAlive(pid) {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return status === 0 && !stdout.startsWith('Z');
}

/** A script that goes on when open() is called for its pod: no test depends on how fast this machine is. */
export const gate = 'while test ! -e go; do sleep 0.1; done';
export function open({ metadata: { namespace, name, uid } }) {
  writeFileSync(join(cluster.podsDir, `${namespace}_${name}_${uid}`, 'work', 'go'), '');
}

export async function running(ns, jobName) {
  return until(async () => {
    const pod = await podOf(ns, jobName);
    return pod?.status.containerStatuses?.[0].state.running && pod;
  });
}

export const pidOf = (pod) => Number(pod.status.containerStatuses[0].containerID.replace('process://', ''));
