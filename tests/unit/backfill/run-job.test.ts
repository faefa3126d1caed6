import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { runStepJob } from '@/lib/backfill/repair/run-job';
import { planned } from '@/lib/backfill/state/machine';
import { systemClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { createLog } from '@/lib/log';
import type { Db } from '@/lib/postgres/client';

const spec: JobSpec = { name: 'a', kind: 'relabel', envOverrides: {}, deadlineSeconds: 3_600, annotations: {} };
const none = { name: 'a', exitCode: null, startedAt: null, endedAt: null };
const runs: JobStatus = { ...none, state: 'running', sentence: 'Running in pod a-1.', startedAt: 1 };
const late: JobStatus = { ...none, state: 'failed', sentence: 'Was ended at its deadline.', endedAt: 2 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a Job of a later attempt', () => {
  const third = { ...planned('undo', 5), status: 'restoring' as const, attempt: 3, tries: 2 };
  const row = { itemId: 'i', runId: 'r', unit: '2026-02-10', version: 1, claim: null, state: third, begun: [] };
  const nameOf = (attempt: number) => jobName({ kind: 'restore', ...row, attempt });
  const wanted: JobSpec = { ...spec, kind: 'restore', name: nameOf(3) };

  /** Launches it while the one before has `state` for so many seconds. */
  async function launchedBeside(seconds: number) {
    const begunAt = performance.now();
    let launchedAtMs: number | null = null;
    const inspect = async (names: string[]) =>
      names.map((name): JobStatus => {
        if (name === nameOf(3) && launchedAtMs !== null) return { ...late, name };
        if (name !== nameOf(2)) return { ...none, name, state: 'unknown', sentence: '' };
        return performance.now() - begunAt < seconds * 1_000 ? { ...runs, name } : { ...late, name };
      });
    const launcher = {
      platform: 'kubernetes' as const,
      inspect,
      stop: async () => undefined,
      logs: async () => '',
      launch: async () => {
        launchedAtMs = performance.now() - begunAt;
        return { outcome: 'launched' as const };
      },
    };
    const ctx = {
      log: createLog('test', 'silent'),
      config: loadConfig(),
      clock: systemClock,
      db: {
        query: (async ({ row }: { row: z.ZodType }) => [row.parse({ job_spec: null })]) as Db['query'],
      },
      launcher: async () => launcher,
    };
    const launched = runStepJob({ ctx, row, signal: new AbortController().signal }, 'restore', wanted);
    const settled = Promise.allSettled([launched]);
    await vi.runAllTimersAsync();
    const [{ status }] = await settled;
    return { status, launchedAtMs };
  }

  it('waits for one of a former attempt that still runs, and is not launched beside one that never ends', async () => {
    const { status, launchedAtMs } = await launchedBeside(120);
    expect(status).toBe('fulfilled');
    expect(launchedAtMs).toBeGreaterThanOrEqual(120_000);
    expect(await launchedBeside(10_000)).toEqual({ status: 'rejected', launchedAtMs: null });
  });
});
