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
});
