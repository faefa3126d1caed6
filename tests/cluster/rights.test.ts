import { createPrivateKey, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '@/lib/config';
import { createKubernetesLauncher } from '@/lib/jobs/kubernetes';
import type { Launcher } from '@/lib/jobs/launcher';
import { labelerVariables } from '@/lib/jobs/manifest';
import type { JobSpec } from '@/lib/jobs/model';
import { createLog } from '@/lib/log';
import { until } from '../support/until';
import { type Cluster, startCluster } from './up.mjs';

const namespace = 'rights';
const log = createLog('test', 'silent');
const launchers: Launcher[] = [];
let dataDir: string;
let cluster: Cluster;
let uid: string;

async function kubectl(args: string[], input?: object): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, input && { input: JSON.stringify(input) });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

function cronJob(env: string[]) {
  const container = { name: 'label', image: 'labeler:1', env: env.map((name) => ({ name, value: '' })) };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'cron-label-conversations', namespace },
    spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template } } },
  };
}

/** A launcher with the token of slc-worker, or another one, at the cluster's API server or another one. */
async function launcherWith(token: string, server = cluster.server, env: Record<string, string> = {}, launches = true) {
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
    SLC_KUBERNETES_IMAGE: 'console:1',
    ...env,
  });
  const launcher = await createKubernetesLauncher(settings, log, launches);
  launchers.push(launcher);
  return launcher;
}

const workerToken = async () => (await kubectl(['-n', namespace, 'create', 'token', 'slc-worker'])).trim();

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

const spec: JobSpec = {
  name: 'relabel-2026-02-10-0123456789',
  kind: 'relabel',
  envOverrides: {},
  deadlineSeconds: 60,
  annotations: {},
};

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slc-rights-'));
  cluster = await startCluster({ dataDir: join(dataDir, 'cluster'), images: {} });
  await kubectl(['create', 'namespace', namespace]);
  for (const file of ['service-accounts', 'roles'])
    await kubectl(['-n', namespace, 'apply', '-f', `deploy/base/${file}.yaml`]);
  uid = await kubectl(['-n', namespace, 'get', 'sa', 'slc-worker', '-o', 'jsonpath={.metadata.uid}']);
});
afterAll(async () => {
  await Promise.all(launchers.map((launcher) => launcher.close()));
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('the self-check', () => {
  const faults = async (launcher: Launcher) =>
    (await launcher.check()).findings.filter((finding) => finding.status !== 'ok' && finding.status !== 'unknown');

  it('names a CronJob that is not there, variables that its container lacks, and nothing once all is there', async () => {
    const launcher = await launcherWith(await workerToken());
    expect(await faults(launcher)).toEqual([
      { what: 'CronJob cron-label-conversations', status: 'failed', sentence: `There is none in ${namespace}.` },
    ]);
    await kubectl(['create', '-f', '-'], cronJob([]));
    expect(await faults(launcher)).toMatchObject([{ what: 'variables of the labeler', status: 'warning' }]);
    await kubectl(['replace', '-f', '-'], cronJob([...labelerVariables]));
    expect(await faults(launcher)).toEqual([]);
    const account = `system:serviceaccount:${namespace}:slc-worker`;
    expect(await launcher.check()).toMatchObject({ platform: 'kubernetes', cluster: 'here', namespace, account });
  });

  it('says of each image what its newest pod shows: not known, cannot be pulled, was there', async () => {
    const launcher = await launcherWith(await workerToken());
    const images = async () =>
      (await launcher.check()).findings
        .filter((finding) => finding.what.startsWith('image of'))
        .map(({ what, status, sentence }) => [what, status, sentence.split(' ').slice(0, 4).join(' ')]);
    expect(await images()).toEqual([
      ['image of the labeler', 'unknown', 'No pod has run'],
      ['image of own Jobs', 'unknown', 'No pod has run'],
    ]);
    await kubectl(['-n', namespace, 'create', 'job', 'by-hand', '--from=cronjob/cron-label-conversations']);
    await kubectl(['-n', namespace, 'create', 'job', 'other', '--image=console:1']);
    await until('both cannot be pulled', async () => (await images()).every(([, status]) => status === 'failed'));
    expect(await images()).toEqual([
      ['image of the labeler', 'failed', 'labeler:1 cannot be pulled'],
      ['image of own Jobs', 'failed', 'console:1 cannot be pulled'],
    ]);
    cluster.setImages({ 'labeler:1': { command: ['true'] }, 'console:1': { command: ['true'] } });
    await until('both were there', async () => (await images()).every(([, status]) => status === 'ok'));
  });

  it('names a container and an image that are not configured rightly', async () => {
    const wrong = { SLC_KUBERNETES_CONTAINER: 'other', SLC_KUBERNETES_IMAGE: '' };
    const launcher = await launcherWith(await workerToken(), cluster.server, wrong);
    expect((await faults(launcher)).map((finding) => finding.what)).toEqual([
      'CronJob cron-label-conversations',
      'image of own Jobs',
    ]);
  });

  it('names the right that was withdrawn, a launch is refused with it, and both go on when it is back', async () => {
    const launcher = await launcherWith(await workerToken());
    const role = JSON.parse(await kubectl(['-n', namespace, 'get', 'role', 'slc-worker', '-o', 'json']));
    const rules = role.rules.map((rule: { resources: string[] }) =>
      rule.resources.includes('jobs') ? { ...rule, verbs: ['get', 'list', 'delete'] } : rule,
    );
    const merge = (given: object) => ['patch', 'role', 'slc-worker', '--type=merge', '-p', JSON.stringify(given)];
    await kubectl(['-n', namespace, ...merge({ rules })]);
    await until('the right is gone', async () => (await faults(launcher)).length > 0);
    expect((await faults(launcher)).map((finding) => finding.what)).toEqual(['right to create jobs']);
    await expect(launcher.launch(spec)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('cannot create resource "jobs"'),
    });
    expect(await launcher.preview(spec)).toMatchObject({ verdict: 'fail' });
    await kubectl(['-n', namespace, ...merge({ rules: role.rules })]);
    await until('the right is back', async () => (await faults(launcher)).length === 0);
    expect(await launcher.launch(spec)).toEqual({ outcome: 'launched' });
  });
});

describe('whether a Job is accepted', () => {
  const dryRuns = async (launcher: Launcher) =>
    (await launcher.check()).findings
      .filter(({ what }) => what.startsWith('dry run'))
      .map(({ what, status }) => `${what}: ${status}`);

  it('is unknown to the account of the pages, who leave it to the worker; the worker’s own check says it', async () => {
    const web = await launcherWith(
      (await kubectl(['-n', namespace, 'create', 'token', 'slc-web'])).trim(),
      cluster.server,
      {},
      false,
    );
    expect(await web.preview(spec)).toMatchObject({ verdict: 'unknown', byWorker: true });
    expect(await dryRuns(web)).toEqual([]);
    const worker = await launcherWith(await workerToken());
    expect(await dryRuns(worker)).toEqual(['dry run of relabel Jobs: ok', 'dry run of undo Jobs: ok']);
  });
});

describe('the account of a pod', () => {
  it('is read from its files, its address from the environment, and a token that replaced another is used at once', async () => {
    const folder = join(dataDir, 'serviceaccount');
    const { hostname, port } = new URL(cluster.server);
    const env = {
      NODE_ENV: 'test' as const,
      SLC_DATA_DIR: dataDir,
      SLC_LAUNCHER: 'kubernetes',
      SLC_KUBERNETES_NAMESPACE: namespace,
      SLC_KUBERNETES_CLUSTER: 'staging-eu',
      SLC_KUBERNETES_ACCOUNT_FOLDER: folder,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
    };
    await expect(createKubernetesLauncher(loadConfig(env), log)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('runs in no Kubernetes pod'),
    });
    mkdirSync(folder);
    const token = (text: string) => writeFileSync(join(folder, 'token'), `${text}\n`);
    writeFileSync(join(folder, 'ca.crt'), readFileSync(cluster.caFile));
    token(signedToken(Date.now() - 60_000));
    const launcher = await createKubernetesLauncher(loadConfig(env), log);
    launchers.push(launcher);
    await expect(launcher.inspect(['nothing'])).rejects.toMatchObject({ code: 'unavailable' });
    token(await workerToken());
    expect((await launcher.inspect(['nothing']))[0]?.state).toBe('unknown');
    const account = `system:serviceaccount:${namespace}:slc-worker`;
    expect(await launcher.check()).toMatchObject({ cluster: 'staging-eu', namespace, account });
    token('rotated to nothing');
    await expect(launcher.inspect(['nothing'])).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('an API server', () => {
  it('that finds the token expired is a sentence, and no answer about the Job', async () => {
    const valid = await launcherWith(signedToken(Date.now() + 1_800_000));
    expect((await valid.inspect(['nothing']))[0]?.state).toBe('unknown');
    const expired = await launcherWith(signedToken(Date.now() - 60_000));
    const sentence = { code: 'unavailable', message: 'Kubernetes does not accept the credentials.' };
    await expect(expired.inspect([spec.name])).rejects.toMatchObject(sentence);
    await expect(expired.launch(spec)).rejects.toMatchObject(sentence);
    expect((await expired.check()).findings).toMatchObject([{ status: 'failed' }]);
  });

  /** An API server of the test's own with the cluster's certificate. */
  async function answering(answer: (url: URL, response: ServerResponse) => void): Promise<[Server, string]> {
    const pki = (name: string) => readFileSync(join(dataDir, 'cluster', 'pki', name));
    const server = createServer({ cert: pki('apiserver.crt'), key: pki('apiserver.key') }, (request, response) =>
      answer(new URL(request.url ?? '/', 'https://127.0.0.1'), response),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return [server, `https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`];
  }
  const json = (response: ServerResponse, status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  it('that says 410 half way through a list is asked for all of it again', async () => {
    const asked: string[] = [];
    const [server, url] = await answering((at, response) => {
      const from = at.searchParams.get('continue');
      if (!at.pathname.endsWith('/jobs')) return json(response, 200, { items: [] });
      asked.push(from ?? 'first');
      if (from !== null) return json(response, 410, { reason: 'Expired', message: 'too old' });
      const more = asked.length === 1 ? { continue: 'next' } : {};
      const metadata = { name: spec.name, uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' };
      return json(response, 200, { metadata: more, items: [{ metadata }] });
    });
    try {
      const [status] = await (await launcherWith('any', url)).inspect([spec.name]);
      expect(status?.state).toBe('pending');
      expect(asked).toEqual(['first', 'next', 'first']);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that refuses while it is not ready yet is asked again, and believed once it is', async () => {
    let asked = 0;
    let grants = false;
    const [server, url] = await answering((at, response) => {
      if (at.pathname === '/readyz') {
        asked += 1;
        return json(response, asked < 3 ? 403 : 200, { reason: 'Forbidden', message: 'not ready' });
      }
      if (grants && asked >= 3) return json(response, 200, { items: [] });
      return json(response, 403, { reason: 'Forbidden', message: 'forbidden: no Role says so' });
    });
    try {
      const launcher = await launcherWith('any', url);
      await expect(launcher.inspect([spec.name])).rejects.toMatchObject({ code: 'refused' });
      expect(asked).toBe(3);
      asked = 0;
      grants = true;
      expect((await launcher.inspect([spec.name]))[0]?.state).toBe('unknown');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('that accepts and never answers is "unavailable" within seconds', async () => {
    const [server, url] = await answering(() => undefined);
    try {
      const startedAt = performance.now();
      await expect((await launcherWith('any', url)).inspect([spec.name])).rejects.toMatchObject({
        code: 'unavailable',
      });
      expect(performance.now() - startedAt).toBeLessThan(15_000);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
