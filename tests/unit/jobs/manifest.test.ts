import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { relabelManifest } from '@/lib/jobs/manifest';
import type { JobSpec } from '@/lib/jobs/model';

const spec: JobSpec = {
  name: 'relabel-2026-02-10-0123456789',
  kind: 'relabel',
  envOverrides: { FROM: '2026-02-10T00:00:00.000Z', NEW: 'x' },
  deadlineSeconds: 60,
  annotations: { run: 'r1' },
};
const where = { namespace: 'jobs', fingerprint: 'abc', container: null };
const containerOf = (more: object = {}) => ({ name: 'main', image: 'i', ...more });
const cronJob = (containers: object[], more: { job?: object; pod?: object } = {}) => ({
  metadata: { name: 'cron', uid: 'u' },
  spec: { jobTemplate: { spec: { ...more.job, template: { spec: { containers, ...more.pod } } } } },
});
const Made = z.looseObject({
  metadata: z.looseObject({}),
  spec: z.looseObject({ template: z.object({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }) }),
});
const Metadata = z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()) });
const made = (template: unknown, of: Partial<typeof where> | { container: string } = {}) =>
  Made.parse(relabelManifest(template, spec, { ...where, ...of }));

describe('a relabel manifest', () => {
  it('replaces entries in their place, references too, drops repeated ones, and adds the rest', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'FROM', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'FROM', value: 'second' },
    ];
    const container = made(cronJob([containerOf({ env })])).spec.template.spec.containers[0];
    expect(container?.env).toEqual([
      { name: 'A', value: '1' },
      { name: 'FROM', value: '2026-02-10T00:00:00.000Z' },
      { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'NEW', value: 'x' },
    ]);
  });

  it('touches the configured container alone', () => {
    const { containers } = made(cronJob([containerOf(), containerOf({ name: 'proxy' })]), { container: 'main' }).spec
      .template.spec;
    expect(containers.map((one) => [one.name, one.env])).toEqual([
      ['main', expect.any(Array)],
      ['proxy', []],
    ]);
  });

  it('refuses to guess between containers', () => {
    const two = cronJob([containerOf(), containerOf({ name: 'proxy' })]);
    expect(() => made(two)).toThrow('has the containers main, proxy. Configure which one labels.');
    expect(() => made(two, { container: 'other' })).toThrow('none named other');
    expect(() => made({ spec: {} })).toThrow('no usable Job template');
  });

  it('keeps fields that nobody here knows, and none that would keep it from running or being found', () => {
    const job = { suspend: true, selector: { matchLabels: {} }, manualSelector: true, fieldOfTomorrow: { a: [1] } };
    const pod = { restartPolicy: 'OnFailure', podFieldOfTomorrow: 7 };
    const manifest = made(cronJob([containerOf({ containerFieldOfTomorrow: true })], { job, pod }));
    expect(manifest.spec).toMatchObject({ fieldOfTomorrow: { a: [1] }, backoffLimit: 0, activeDeadlineSeconds: 60 });
    for (const gone of ['suspend', 'selector', 'manualSelector']) expect(manifest.spec).not.toHaveProperty(gone);
    expect(manifest.spec.template.spec).toMatchObject({ restartPolicy: 'Never', podFieldOfTomorrow: 7 });
    expect(manifest.spec.template.spec.containers[0]).toMatchObject({ containerFieldOfTomorrow: true });
    expect(manifest.metadata).not.toHaveProperty('ownerReferences');
    expect(manifest.metadata).toMatchObject({
      name: spec.name,
      namespace: 'jobs',
      labels: { 'stale-label-console/job': spec.name },
      annotations: { 'stale-label-console/fingerprint': 'abc', 'stale-label-console/run': 'r1' },
    });
  });

  it('copies nothing by which another tool takes it for its own, and leaves on the pods what policies select by', () => {
    const tracked = {
      'argocd.argoproj.io/tracking-id': 'insights:batch/CronJob:jobs/cron',
      'kustomize.toolkit.fluxcd.io/name': 'insights',
      'meta.helm.sh/release-name': 'insights',
      'helm.sh/chart': 'insights-1',
      'kueue.x-k8s.io/queue-name': 'batch',
      'kapp.k14s.io/app': '1',
      'applyset.kubernetes.io/part-of': 'a',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    };
    const labels = { ...tracked, 'app.kubernetes.io/instance': 'insights', team: 'insights' };
    const annotations = { ...tracked, 'sidecar.istio.io/inject': 'false' };
    const cron = cronJob([containerOf()], { pod: {} });
    const { spec: job } = cron.spec.jobTemplate;
    const given = {
      spec: {
        jobTemplate: {
          metadata: { labels, annotations },
          spec: { ...job, template: { ...job.template, metadata: { labels, annotations } } },
        },
      },
    };
    const { metadata, spec: made_ } = z
      .object({ metadata: Metadata, spec: z.object({ template: z.object({ metadata: Metadata }) }) })
      .parse(relabelManifest(given, spec, where));
    const own = expect.arrayContaining(['team']);
    for (const each of [metadata, made_.template.metadata]) {
      expect(Object.keys(each.labels)).toEqual(own);
      expect(Object.keys(each.annotations)).toContain('sidecar.istio.io/inject');
      for (const name of Object.keys(tracked)) {
        expect(each.labels).not.toHaveProperty([name]);
        expect(each.annotations).not.toHaveProperty([name]);
      }
    }
    expect(metadata.labels).not.toHaveProperty(['app.kubernetes.io/instance']);
    expect(made_.template.metadata.labels).toHaveProperty(['app.kubernetes.io/instance'], 'insights');
  });
});
