import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '@/lib/config';
import { createKubernetesLauncher } from '@/lib/jobs/kubernetes/launcher';
import type { Launcher } from '@/lib/jobs/launcher';
import type { JobSpec } from '@/lib/jobs/model';
import { createLog } from '@/lib/log';
import { type Cluster, startCluster } from '../../local-cluster/up.mjs';
import { launcherContract } from '../support/launcher-contract';
import { until } from '../support/until';
import { type Change, cronJob } from './cases/cron-job';
import { jobStateCases } from './cases/job-states';
import { webhookCases } from './cases/webhook';

let cluster: Cluster;
let dataDir: string;
let scheduled: Config;
let marks = 0;

async function kubectl(args: string[], input?: object): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, input && { input: JSON.stringify(input) });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

async function namespace(name: string, given: object): Promise<Config> {
  await kubectl(['create', 'namespace', name]);
  await kubectl(['-n', name, 'create', '-f', '-'], given);
  await kubectl(['-n', name, 'apply', '-f', 'deploy/base/job.yaml']);
  await until(
    'the account is there',
    async () => (await cluster.kubectl(['-n', name, 'get', 'sa', 'default'])).code === 0,
  );
  const context = (await kubectl(['config', 'current-context'])).trim();
  return loadConfig({
    NODE_ENV: 'test',
    SLC_DATA_DIR: dataDir,
    SLC_LAUNCHER: 'kubernetes',
    SLC_KUBERNETES_CONTEXT: context,
    SLC_KUBERNETES_KUBECONFIG: cluster.kubeconfig,
    SLC_KUBERNETES_NAMESPACE: name,
  });
}
const log = createLog('test', 'silent');

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slc-launcher-'));
  const command = [process.execPath, resolve('tests/support/contract-job.mjs')];
  const images = { 'contract-job:1': { command }, 'node:1': { command: [process.execPath, '-e'] } };
  cluster = await startCluster({ dataDir: join(dataDir, 'cluster'), images });
  // It is due within a minute, while other tests run; the last one looks.
  const lasting: Change = (container) => Object.assign(container, { env: [{ name: 'JOB_RUNS_MS', value: '600000' }] });
  scheduled = await namespace('scheduled', cronJob(lasting, { schedule: '* * * * *', concurrencyPolicy: 'Forbid' }));
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

launcherContract('Kubernetes', async () => {
  const config = await namespace('contract', cronJob());
  return {
    makeLauncher: () => createKubernetesLauncher(config, log),
    marksPath: () => join(dataDir, `marks-${marks++}`),
    stop: async () => undefined,
  };
});

describe('a Job on Kubernetes', () => {
  let at = 0;
  const order = (more: Partial<JobSpec> = {}): JobSpec => {
    at += 1;
    const name = `relabel-2026-02-10-${String(at).padStart(10, '0')}`;
    return { name, kind: 'relabel', envOverrides: {}, deadlineSeconds: 120, annotations: { run: 'r' }, ...more };
  };
  const open: Launcher[] = [];
  const launcherIn = async (name: string, given: object) => {
    const launcher = await createKubernetesLauncher(await namespace(name, given), log);
    open.push(launcher);
    return launcher;
  };
  afterAll(() => Promise.all(open.map((launcher) => launcher.close())));
  jobStateCases({ kubectl, order, launcherIn });
  webhookCases({ kubectl, order, launcherIn }, () => join(dataDir, 'cluster', 'pki'));

  it('is the CronJob’s template with our entries replaced, nothing of it lost, and not owned by it', async () => {
    const launcher = await launcherIn('template', cronJob());
    const spec = order({ envOverrides: { JOB_EXITS: '4', JOB_SAYS: 'hello' } });
    await launcher.launch(spec);
    const job = JSON.parse(await kubectl(['-n', 'template', 'get', 'job', spec.name, '-o', 'json']));
    expect(job.metadata.ownerReferences).toBeUndefined();
    expect(job.metadata.annotations).toMatchObject({
      'cronjob.kubernetes.io/instantiate': 'manual',
      'stale-label-console/run': 'r',
    });
    expect(job.spec).toMatchObject({ activeDeadlineSeconds: 120, backoffLimit: 0 });
    expect(job.spec.template.metadata.labels).toMatchObject({ team: 'insights' });
    expect(job.spec.template.spec.restartPolicy).toBe('Never');
    expect(job.spec.template.spec.containers[0].env).toEqual([
      { name: 'JOB_EXITS', value: '4' },
      { name: 'KEPT', value: 'as it was' },
      { name: 'JOB_SAYS', value: 'hello' },
    ]);
  });

  it('is refused by a preview that names why: a quota, a container, a CronJob or our own template that is not there', async () => {
    const config = await namespace('preview', cronJob());
    const previewOf = async (of: Config, spec = order()) => {
      const launcher = await createKubernetesLauncher(of, log);
      open.push(launcher);
      return launcher.preview(spec);
    };
    const { kubernetes } = config;
    expect(await previewOf(config)).toMatchObject({ verdict: 'pass' });
    expect(await previewOf({ ...config, kubernetes: { ...kubernetes, container: 'label' } })).toEqual({
      verdict: 'fail',
      sentence: 'The labeler’s CronJob has the container sync-users, and none named label.',
    });
    expect(await previewOf({ ...config, kubernetes: { ...kubernetes, cronJob: 'nowhere' } })).toMatchObject({
      verdict: 'fail',
      sentence: expect.stringContaining('"nowhere" not found'),
    });
    const own = order({ kind: 'delete' });
    expect(await previewOf(config, own)).toMatchObject({ verdict: 'pass' });
    expect(await previewOf({ ...config, kubernetes: { ...kubernetes, jobTemplate: 'nowhere' } }, own)).toMatchObject({
      verdict: 'fail',
      sentence: expect.stringContaining('There is no CronJob nowhere in preview'),
    });
    await kubectl(['-n', 'preview', 'create', 'quota', 'none', '--hard=count/jobs.batch=0']);
    await until('the quota holds', async () => (await previewOf(config)).verdict === 'fail');
    expect((await previewOf(config)).sentence).toContain('exceeded quota');
  });

  it('of this project is its own template as an overlay made it, accepted where Pod Security is restricted, found by customer and day', async () => {
    const config = await namespace('own', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'slc-job' } });
    await kubectl(['label', 'namespace', 'own', 'pod-security.kubernetes.io/enforce=restricted']);
    await kubectl(['-n', 'own', 'create', 'configmap', 'slc-config']);
    await kubectl(['-n', 'own', 'create', 'secret', 'generic', 'slc-clickhouse-deleter']);
    const tolerations = [{ key: 'batch', operator: 'Exists' }];
    const volumes = [{ name: 'ca', emptyDir: {} }];
    const job = { name: 'job', image: 'contract-job:1', volumeMounts: [{ name: 'ca', mountPath: '/ca' }] };
    const template = {
      metadata: { annotations: { 'sidecar.istio.io/inject': 'false' } },
      spec: { tolerations, volumes, containers: [job] },
    };
    const patch = JSON.stringify({ spec: { jobTemplate: { spec: { template } } } });
    await kubectl(['-n', 'own', 'patch', 'cronjob', 'slc-job', '-p', patch]);
    const launcher = await createKubernetesLauncher(config, log);
    open.push(launcher);
    const labels = { customer: 'alaska-air', day: '2026-02-10' };
    await launcher.launch(order({ kind: 'delete', envOverrides: { SLC_JOB_ORDER: '{}' }, labels }));
    const found = 'stale-label-console/customer=alaska-air,stale-label-console/day=2026-02-10';
    const [pod] = await until('its pod is there', async () => {
      const { items } = JSON.parse(await kubectl(['-n', 'own', 'get', 'pods', '-l', found, '-o', 'json']));
      return items.length > 0 && items;
    });
    expect(pod.metadata.annotations).toMatchObject(template.metadata.annotations);
    expect(pod.spec.tolerations).toEqual(expect.arrayContaining([expect.objectContaining(tolerations[0] ?? {})]));
    expect(pod.spec.containers[0]).toMatchObject({
      ...job,
      args: ['dist/job.mjs', 'delete'],
      env: [{ name: 'SLC_JOB_ORDER', value: '{}' }],
      envFrom: [{ configMapRef: { name: 'slc-config' } }, { secretRef: { name: 'slc-clickhouse-deleter' } }],
    });
  });

  it('that was deleted by hand is unknown once its pod is gone, and never failed', async () => {
    const launcher = await launcherIn('byhand', cronJob());
    const spec = order({ envOverrides: { JOB_RUNS_MS: '60000' } });
    await launcher.launch(spec);
    await kubectl(['-n', 'byhand', 'delete', 'job', spec.name]);
    await until('it is unknown', async () => {
      const [status] = await launcher.inspect([spec.name]);
      expect(['running', 'unknown']).toContain(status?.state);
      return status?.state === 'unknown';
    });
  });

  it('with a name that somebody else took is refused; theirs is not looked at, counted or stopped', async () => {
    const launcher = await launcherIn('taken', cronJob());
    const spec = order();
    const image = ['--image=node:1', '--', process.execPath, '-e', 'console.log("theirs"); setInterval(() => {}, 1e3)'];
    await kubectl(['-n', 'taken', 'create', 'job', spec.name, ...image]);
    const job = async () => JSON.parse(await kubectl(['-n', 'taken', 'get', 'job', spec.name, '-o', 'json']));
    await until('theirs runs', async () => (await job()).status.ready === 1);
    await expect(launcher.launch(spec)).rejects.toMatchObject({ code: 'conflict' });
    expect((await launcher.inspect([spec.name]))[0]?.state).toBe('unknown');
    expect(await launcher.logs(spec.name, 5)).toBe('');
    await launcher.stop(spec.name);
    expect(await job()).toMatchObject({ metadata: { name: spec.name }, status: { active: 1 } });
    expect((await job()).metadata.deletionTimestamp).toBeUndefined();
  });

  it('survives an API server that is down: a sentence meanwhile, the same Job afterwards', async () => {
    const launcher = await launcherIn('outage', cronJob());
    const spec = order({ envOverrides: { JOB_SAYS: 'once', JOB_RUNS_MS: '1000' } });
    await launcher.launch(spec);
    await cluster.stopComponent('apiserver');
    await expect(launcher.inspect([spec.name])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(launcher.launch(spec)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await launcher.preview(spec)).toMatchObject({ verdict: 'unknown' });
    expect(await launcher.scheduledLabelerRunning()).toMatchObject({ running: null });
    await cluster.startComponent('apiserver');
    expect(await launcher.launch(spec)).toEqual({ outcome: 'adopted' });
    await until('it ended', async () => (await launcher.inspect([spec.name]))[0]?.state === 'succeeded', 60_000);
    expect(await launcher.logs(spec.name, 5)).toBe('once\n');
  });
});

describe('a Kubernetes launcher', () => {
  it('knows that the CronJob’s own scheduled Job runs, and that one of ours is none', async () => {
    const launcher = await createKubernetesLauncher(scheduled, log);
    const running = async () => (await launcher.scheduledLabelerRunning()).running;
    await until('the schedule started it', running);
    expect((await launcher.scheduledLabelerRunning()).sentence).toBe(
      'The CronJob cron-label-conversations is running now.',
    );
    await kubectl([
      '-n',
      'scheduled',
      'patch',
      'cronjob',
      'cron-label-conversations',
      '-p',
      '{"spec":{"suspend":true}}',
    ]);
    await kubectl(['-n', 'scheduled', 'delete', 'jobs', '--all', '--grace-period=1']);
    await until('it is over', async () => !(await running()));
    const name = 'relabel-2026-02-10-abcdefabcd';
    await launcher.launch({ name, kind: 'relabel', envOverrides: {}, deadlineSeconds: 60, annotations: {} });
    await until('ours runs', async () => (await launcher.inspect([name]))[0]?.state === 'running');
    expect(await running()).toBe(false);
    await launcher.stop(name);
    await launcher.close();
  });

  it('never falls back to localhost: no context, an unknown one and no kubeconfig are sentences', async () => {
    const env = { NODE_ENV: 'test' as const, SLC_DATA_DIR: dataDir, SLC_LAUNCHER: 'kubernetes' };
    const failure = (more: Record<string, string>) =>
      createKubernetesLauncher(loadConfig({ ...env, ...more }), log).catch((error) => error.message);
    expect(await failure({})).toContain('does not run in a Kubernetes pod');
    const kubeconfig = { SLC_KUBERNETES_KUBECONFIG: cluster.kubeconfig };
    expect(await failure({ SLC_KUBERNETES_CONTEXT: 'nowhere', ...kubeconfig })).toContain('no context named nowhere');
    const missing = { SLC_KUBERNETES_CONTEXT: 'x', SLC_KUBERNETES_KUBECONFIG: '/nowhere' };
    expect(await failure(missing)).toContain('cannot be read');
  });
});
