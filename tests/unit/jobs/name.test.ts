import { describe, expect, it } from 'vitest';
import type { JobSpec } from '@/lib/jobs/model';
import { jobName, specFingerprint } from '@/lib/jobs/name';

const of = { kind: 'relabel', unit: '2026-02-10', runId: 'run', itemId: 'item', attempt: 1 } as const;

describe('a Job’s name', () => {
  it('is the same for the same step of the same attempt, and another for anything else', () => {
    const names = [
      of,
      { ...of, attempt: 2 },
      { ...of, runId: 'other' },
      { ...of, itemId: 'other' },
      { ...of, kind: 'delete' as const },
    ].map(jobName);
    expect(jobName({ ...of })).toBe(names[0]);
    expect(new Set(names).size).toBe(names.length);
    expect(names[0]).toMatch(/^relabel-2026-02-10-[0-9a-f]{10}$/);
  });

  it('does not run ids into each other', () => {
    expect(jobName({ ...of, runId: 'a', itemId: 'bc' })).not.toBe(jobName({ ...of, runId: 'ab', itemId: 'c' }));
  });
});

describe('a spec’s fingerprint', () => {
  it('ignores the order of entries and sees every value', () => {
    const spec: JobSpec = {
      name: 'n',
      kind: 'relabel',
      envOverrides: { A: '1', B: '2' },
      deadlineSeconds: 5,
      annotations: { run: 'r' },
    };
    const same = specFingerprint({ ...spec, envOverrides: { B: '2', A: '1' } });
    expect(same).toBe(specFingerprint(spec));
    for (const other of [
      { ...spec, envOverrides: { A: '2', B: '1' } },
      { ...spec, deadlineSeconds: 6 },
      { ...spec, annotations: {} },
      { ...spec, kind: 'backup' as const },
    ])
      expect(specFingerprint(other)).not.toBe(same);
  });
});
