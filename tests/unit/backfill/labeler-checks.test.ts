import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { accepted } from '@/lib/backfill/plan/checks/accepted';
import { fixedClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import type { JobPreview, JobSpec } from '@/lib/jobs/model';
import { createProcessLauncher } from '@/lib/jobs/process/launcher';
import { createLog } from '@/lib/log';
import type { Db } from '@/lib/postgres/client';

const nowMs = Date.parse('2026-02-11T00:00:00Z');
const spec: JobSpec = { name: 'a', kind: 'relabel', envOverrides: {}, deadlineSeconds: 60, annotations: {} };

describe('whether a Job is accepted, for an account that may launch none', () => {
  const dryRun = { what: 'dry run of relabel Jobs', sentence: 'The platform says it.' };
  const check = (finding: object) => ({
    ...{ platform: 'kubernetes', cluster: 'c', namespace: 'n', account: 'a' },
    findings: [finding],
  });
  const worker = (status: string, more: object = {}) => ({
    ...{ id: 'w', host: 'pod-1', pid: 1, started_at: new Date(nowMs), seen_at: new Date(nowMs), silent_seconds: 1 },
    launcher_checked_at: new Date(nowMs - 12_000),
    launcher_check: check({ ...dryRun, status }),
    ...more,
  });
  const preview: JobPreview = { verdict: 'unknown', sentence: 'Only the worker may.', byWorker: true };
  const lookWith = (...workers: object[]) =>
    accepted(
      {
        clock: fixedClock(nowMs),
        launcher: async () => ({ preview: async () => preview }),
        db: { query: (async ({ row }: { row: z.ZodType }) => workers.map((one) => row.parse(one))) as Db['query'] },
      },
      spec,
      3,
    );

  it('is what the workers’ own dry runs say, with their age', async () => {
    expect(await lookWith(worker('ok'))).toEqual({
      verdict: 'pass',
      sentence:
        'The worker on pod-1 asked 12 seconds ago. The platform says it. The worker has it accepted again before anything of a unit is deleted. It is launched for 3 units.',
      numbers: { jobs: 3 },
    });
    expect(await lookWith(worker('ok'), worker('failed'))).toMatchObject({ verdict: 'fail' });
    const without = worker('ok', { launcher_check: check({ what: 'right', status: 'failed', sentence: 'May not.' }) });
    const found = await lookWith(without);
    expect(found).toMatchObject({ verdict: 'fail', sentence: expect.stringContaining('May not.') });
  });

  it.each([
    ['no worker runs', []],
    ['the worker is silent', [worker('ok', { silent_seconds: 60 })]],
    ['a worker has not asked yet', [worker('ok'), worker('ok', { launcher_check: null, launcher_checked_at: null })]],
    ['a worker has not asked lately', [worker('ok', { launcher_checked_at: new Date(nowMs - 600_000) })]],
    ['the platform did not answer a worker', [worker('unknown')]],
  ])('is unknown where %s, and says who will find out', async (_, workers) => {
    const { verdict, sentence } = await lookWith(...workers);
    expect(verdict).toBe('unknown');
    expect(sentence).toMatch(/Only the worker may.*before anything of a unit is deleted.*Confirm only if/);
  });
});

it.each([
  ['nobody else’s ClickHouse is given', {}, false],
  ['a ClickHouse is given that others may label in', { CLICKHOUSE_URL: 'http://127.0.0.1:9' }, null],
])('a launcher of local processes knows of a scheduled labeler where %s', async (_, env, running) => {
  const config = loadConfig({ NODE_ENV: 'test', SLC_DATA_DIR: '/nowhere', ...env });
  const launcher = createProcessLauncher({ config, log: createLog('test', 'silent') });
  expect(await launcher.scheduledLabelerRunning()).toMatchObject({ running });
});
