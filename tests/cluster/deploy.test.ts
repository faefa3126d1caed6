import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { kindLabel, managedBy } from '@/lib/jobs/manifest';
import { jobKinds } from '@/lib/jobs/model';
import { type Cluster, startCluster } from '../../local-cluster/up.mjs';

const PodSpec = z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) });
const Labels = z.object({ labels: z.record(z.string(), z.string()).default({}) });
const Template = z.object({ template: z.looseObject({ metadata: Labels.optional(), spec: PodSpec }) });
const Manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) }),
  data: z.record(z.string(), z.string()).optional(),
  spec: z
    .looseObject({ ...Template.partial().shape, jobTemplate: z.looseObject({ spec: Template }).optional() })
    .optional(),
});
type Manifest = z.infer<typeof Manifest>;
const Applied = z.object({ items: z.array(Manifest) });

const namespace = 'stale-labels';
let dataDir: string;
let cluster: Cluster;

async function kubectl(args: string[], input?: string): Promise<{ stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await cluster.kubectl(args, { input });
  if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return { stdout, stderr };
}

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slc-deploy-'));
  cluster = await startCluster({ dataDir, images: {} });
  const labels = Object.fromEntries(
    ['enforce', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
  );
  const made = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } };
  await kubectl(['create', '-f', '-'], JSON.stringify(made));
  await kubectl(['-n', namespace, 'apply', '-f', 'deploy/base/service-accounts.yaml']);
  await makeMonitoringKinds();
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** The Prometheus Operator's kinds, as far as the component needs them: its own schema is not here. */
async function makeMonitoringKinds(): Promise<void> {
  const group = 'monitoring.coreos.com';
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const kinds = { ServiceMonitor: 'servicemonitors', PodMonitor: 'podmonitors', PrometheusRule: 'prometheusrules' };
  for (const [kind, plural] of Object.entries(kinds)) {
    const names = { kind, plural, singular: kind.toLowerCase() };
    const versions = [{ name: 'v1', served: true, storage: true, schema }];
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `${plural}.${group}` },
      spec: { group, names, scope: 'Namespaced', versions },
    };
    await kubectl(['create', '-f', '-'], JSON.stringify(crd));
    await kubectl(['wait', '--for=condition=established', '--timeout=30s', `crd/${plural}.${group}`]);
  }
}

const dryRun = ['--dry-run=server', '--validate=strict', '-o', 'json'];

/** What the API server makes of a kustomization, strictly and without a warning. */
async function applied(folder: string): Promise<Manifest[]> {
  const { stdout: yaml } = await kubectl(['kustomize', folder]);
  const { stdout, stderr } = await kubectl(['-n', namespace, 'apply', ...dryRun, '-f', '-'], yaml);
  expect(stderr.replace(/.*missing the kubectl.kubernetes.io\/last-applied-configuration.*\n/g, '')).toBe('');
  return Applied.parse(JSON.parse(stdout)).items;
}

const nameOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name.replace(/-[a-z0-9]{10}$/, '')}`;

/** Each pod by itself, where Pod Security is enforced. */
async function podsAreAccepted(items: Manifest[]): Promise<string[]> {
  const pods = items.flatMap(({ metadata, spec }) => {
    const template = spec?.template ?? spec?.jobTemplate?.spec.template;
    return template
      ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, namespace }, spec: template.spec }]
      : [];
  });
  for (const pod of pods) await kubectl(['create', ...dryRun, '-f', '-'], JSON.stringify(pod));
  return pods.map((pod) => pod.metadata.name);
}

/** An overlay in a temporary folder, over the example. */
function overlayOf(name: string, more: object): string {
  const folder = join(dataDir, name);
  mkdirSync(folder);
  const here = (path: string) => relative(folder, resolve('deploy', path));
  const components = readdirSync('deploy/components').map((component) => here(`components/${component}`));
  const kustomization = { namespace, resources: [here('overlays/example')], components, ...more };
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  return folder;
}

describe.each(['deploy/base', 'deploy/overlays/example'])('%s', (folder) => {
  it('is accepted by the API server as it stands, strictly and without a warning, its pods too where restricted is enforced', async () => {
    const items = await applied(folder);
    expect(items.map(nameOf)).toEqual(
      expect.arrayContaining([
        'ConfigMap slc-config',
        'CronJob slc-job',
        'Deployment slc-web',
        'Deployment slc-worker',
        'Job slc-migrate',
        'NetworkPolicy slc-job',
        'NetworkPolicy slc-migrate',
        'NetworkPolicy slc-web',
        'NetworkPolicy slc-worker',
        'PodDisruptionBudget slc-web',
        'PodDisruptionBudget slc-worker',
        'Role slc-web',
        'Role slc-worker',
      ]),
    );
    expect(await podsAreAccepted(items)).toHaveLength(4);
  });

  it('refers to no Secret that the example does not describe', async () => {
    const { stdout: yaml } = await kubectl(['kustomize', folder]);
    const described = (
      await kubectl(['create', '--dry-run=client', '-o', 'name', '-f', 'deploy/overlays/example/secrets.example.yaml'])
    ).stdout;
    const used = [...yaml.matchAll(/secretRef:\s+name: (\S+)/g)].map((match) => `secret/${match[1]}`);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(described).toContain(name);
  });
});

const Policy = z.object({
  spec: z.object({
    podSelector: z.object({
      matchLabels: z.record(z.string(), z.string()).default({}),
      matchExpressions: z
        .array(z.object({ key: z.string(), operator: z.literal('In'), values: z.array(z.string()) }))
        .default([]),
    }),
    policyTypes: z.array(z.string()),
    egress: z.array(z.object({ ports: z.array(z.object({ port: z.number() })) })).default([]),
  }),
});

/** The ports that pods with these labels may reach; null where no policy keeps them from any. */
function reachableBy(labels: Record<string, string>, items: Manifest[]): number[] | null {
  const policies = items
    .filter(({ kind }) => kind === 'NetworkPolicy')
    .map((item) => Policy.parse(item).spec)
    .filter(({ policyTypes }) => policyTypes.includes('Egress'))
    .filter(({ podSelector: { matchLabels, matchExpressions } }) =>
      [
        ...Object.entries(matchLabels).map(([key, value]) => labels[key] === value),
        ...matchExpressions.map(({ key, values }) => values.includes(labels[key] ?? '')),
      ].every((holds) => holds),
    );
  if (policies.length === 0) return null;
  return policies.flatMap(({ egress }) => egress.flatMap(({ ports }) => ports.map(({ port }) => port)));
}

it('with the notifications exactly the worker, which sends them, reaches mail servers and has their secrets', async () => {
  const items = await applied(
    overlayOf('sender', { configMapGenerator: [{ name: 'slc-ca', literals: ['ca.crt=none'] }] }),
  );
  const pods = items.flatMap(({ metadata, spec }) => {
    const template = spec?.template ?? spec?.jobTemplate?.spec.template;
    return template ? [{ name: metadata.name, template }] : [];
  });
  expect(pods.map(({ name }) => name)).toEqual(expect.arrayContaining(['slc-web', 'slc-worker', 'slc-migrate']));
  const mailPorts = [465, 587];
  for (const { name, template } of pods) {
    const isSender = name === 'slc-worker';
    expect(JSON.stringify(template).includes('slc-notifications'), name).toBe(isSender);
    // The template of Jobs gets its labels with each Job.
    if (name === 'slc-job') continue;
    const reaches = reachableBy(template.metadata?.labels ?? {}, items);
    expect(
      reaches?.filter((port) => mailPorts.includes(port)),
      name,
    ).toEqual(isSender ? mailPorts : []);
  }
  const ofJobs = jobKinds.filter((kind) => kind !== 'relabel');
  for (const kind of ofJobs) {
    const reaches = reachableBy({ [managedBy.label]: managedBy.value, [kindLabel]: kind }, items);
    expect(
      reaches?.filter((port) => [443, ...mailPorts].includes(port)),
      kind,
    ).toEqual([]);
  }
  expect(reachableBy({ 'app.kubernetes.io/name': 'slc-worker' }, items)).toContain(443);
});

describe('an overlay', () => {
  it('with every component and a prefix is accepted; its CA is in every pod, its Jobs’ template is found by its new name', async () => {
    const ca = { name: 'slc-ca', literals: ['ca.crt=none'] };
    const folder = overlayOf('everything', { namePrefix: 'prod-', configMapGenerator: [ca] });
    const items = await applied(folder);
    const accounts = items.filter(({ kind }) => kind === 'ServiceAccount');
    await kubectl(
      ['-n', namespace, 'apply', '-f', '-'],
      JSON.stringify({ kind: 'List', apiVersion: 'v1', items: accounts }),
    );
    const names = items.map(nameOf);
    for (const name of ['CronJob prod-slc-audit-verify', 'NetworkPolicy prod-slc-pgbouncer', 'CronJob prod-slc-job'])
      expect(names).toContain(name);
    expect(items.find(({ metadata }) => metadata.name.startsWith('prod-slc-config-'))?.data).toMatchObject({
      SLC_KUBERNETES_JOB_TEMPLATE: 'prod-slc-job',
    });
    const ingress = items.find(({ kind }) => kind === 'Ingress');
    expect(ingress?.spec).toMatchObject({ rules: [{ host: 'stale-labels.staging.example.com' }] });
    const migrate = items.find(({ metadata }) => metadata.name === 'prod-slc-migrate');
    expect(migrate?.metadata.annotations).toMatchObject({ 'argocd.argoproj.io/hook': 'Sync' });
    const ofConsole = items.filter(({ spec }) => spec?.template ?? spec?.jobTemplate);
    const bundle = items.find(({ metadata }) => metadata.name.startsWith('prod-slc-ca-'))?.metadata.name;
    for (const { metadata, spec } of ofConsole) {
      const pod = (spec?.template ?? spec?.jobTemplate?.spec.template)?.spec;
      expect(pod?.volumes, metadata.name).toEqual(
        expect.arrayContaining([expect.objectContaining({ configMap: expect.objectContaining({ name: bundle }) })]),
      );
      expect(JSON.stringify(pod?.containers)).toContain('NODE_EXTRA_CA_CERTS');
    }
    expect(await podsAreAccepted(items)).toHaveLength(ofConsole.length);
  });

  it('with another value gives web, worker and the Jobs’ template another ConfigMap, so that all are rolled out', async () => {
    const used = async (folder: string) => {
      const { stdout } = await kubectl(['kustomize', folder]);
      return [...stdout.matchAll(/configMapRef:\s+name: (\S+)/g)].map((match) => match[1]);
    };
    const changed = {
      name: 'slc-config',
      behavior: 'merge',
      literals: ['CLICKHOUSE_URL=https://other.example.com:8443'],
    };
    const after = await used(overlayOf('changed', { components: [], configMapGenerator: [changed] }));
    const before = await used('deploy/overlays/example');
    expect(new Set(before).size).toBe(1);
    expect(new Set(after).size).toBe(1);
    expect(after).toHaveLength(before.length);
    expect(after[0]).not.toBe(before[0]);
  });
});

it('the policy of own Jobs selects every kind of them', async () => {
  const Policy = z.object({
    spec: z.object({
      podSelector: z.object({ matchExpressions: z.array(z.object({ key: z.string(), values: z.array(z.string()) })) }),
    }),
  });
  const items = await applied('deploy/base');
  const policy = Policy.parse(items.find((item) => nameOf(item) === 'NetworkPolicy slc-job'));
  const [kinds] = policy.spec.podSelector.matchExpressions.filter(({ key }) => key === kindLabel);
  expect(kinds?.values.sort()).toEqual(jobKinds.filter((kind) => kind !== 'relabel').sort());
});

it('a field that no version of Kubernetes knows is refused, so that strict proves something', async () => {
  const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wrong', namespace }, dat: {} };
  const { stderr } = await cluster.kubectl(['create', ...dryRun, '-f', '-'], { input: JSON.stringify(wrong) });
  expect(stderr).toContain('unknown field "dat"');
});
