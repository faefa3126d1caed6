import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Cluster, startCluster } from './up.mjs';

const Manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ template: z.looseObject({ spec: z.looseObject({}) }).optional() }).optional(),
});
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
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const dryRun = ['--dry-run=server', '--validate=strict', '-o', 'json'];

describe.each(['deploy/base', 'deploy/overlays/example'])('%s', (folder) => {
  it('is accepted by the API server as it stands, strictly and without a warning, its pods too where restricted is enforced', async () => {
    const { stdout: yaml } = await kubectl(['kustomize', folder]);
    const { stdout, stderr } = await kubectl(['-n', namespace, 'apply', ...dryRun, '-f', '-'], yaml);
    expect(stderr.replace(/.*missing the kubectl.kubernetes.io\/last-applied-configuration.*\n/g, '')).toBe('');
    const { items } = Applied.parse(JSON.parse(stdout));
    expect(items.map((item) => `${item.kind} ${item.metadata.name}`)).toEqual(
      expect.arrayContaining([
        'ConfigMap slc-config',
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
    const pods = items.flatMap(({ metadata, spec }) =>
      spec?.template
        ? [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: metadata.name, namespace }, spec: spec.template.spec }]
        : [],
    );
    expect(pods).toHaveLength(3);
    for (const pod of pods) await kubectl(['create', ...dryRun, '-f', '-'], JSON.stringify(pod));
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

it('a field that no version of Kubernetes knows is refused, so that strict proves something', async () => {
  const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wrong', namespace }, dat: {} };
  const { stderr } = await cluster.kubectl(['create', ...dryRun, '-f', '-'], { input: JSON.stringify(wrong) });
  expect(stderr).toContain('unknown field "dat"');
});
