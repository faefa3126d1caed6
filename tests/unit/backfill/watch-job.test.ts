import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { z } from 'zod';
import { launch, StillActs, watchJob } from '@/lib/backfill/repair/run-job';
import { planned } from '@/lib/backfill/state/machine';
import { systemClock } from '@/lib/clock';
import { loadConfig } from '@/lib/config';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { jobName } from '@/lib/jobs/name';
import { createLog } from '@/lib/log';
import type { Db } from '@/lib/postgres/client';

const spec: JobSpec = { name: 'a', kind: 'relabel', envOverrides: {}, deadlineSeconds: 3_600, annotations: {} };
const none = { name: 'a', exitCode: null, startedAt: null, endedAt: null };
const waiting = (sentence: string): JobStatus => ({ ...none, state: 'pending', sentence });
const pull = 'Its image cannot be pulled (ImagePullBackOff): not found';
const runs: JobStatus = { ...none, state: 'running', sentence: 'Running in pod a-1.', startedAt: 1 };
const late: JobStatus = { ...none, state: 'failed', sentence: 'Was ended at its deadline.', endedAt: 2 };
const ending: JobStatus = { ...none, state: 'running', sentence: 'Kubernetes is ending it: it ran too long.' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Watches a relabel whose Job is for so many seconds what each status says. */
async function watched(...told: [seconds: number, JobStatus][]) {
  const notes: unknown[] = [];
  const begunAt = performance.now();
  const statusNow = () => {
    let until = begunAt;
    const now = told.find(([seconds]) => {
      until += seconds * 1_000;
      return performance.now() < until;
    });
    return (now ?? told.at(-1))?.[1];
  };
  const inspect = async () => [statusNow()].filter((one) => one !== undefined);
  const ctx = {
    log: createLog('test', 'silent'),
    db: {
      query: async (_: unknown, params: readonly unknown[]) => {
        notes.push(params[3]);
        return [];
      },
    },
    launcher: async () => ({ inspect, stop: async () => undefined }),
  };
  const row = { itemId: 'i', state: { ...planned('replace', 5), status: 'relabelling' as const } };
  const over = watchJob({ ctx, row, signal: new AbortController().signal }, spec);
  const settled = Promise.allSettled([over]);
  await vi.runAllTimersAsync();
  await settled;
  return { status: await over, notes };
}

describe('a Job that is watched', () => {
  it('and does not start says at its step what it waits for, and at its deadline what it waited for', async () => {
    const { status, notes } = await watched([60, waiting(pull)], [2, ending], [1, late]);
    expect(notes).toEqual([pull]);
    expect(status).toMatchObject({
      state: 'failed',
      sentence: `Was ended at its deadline. Before that: ${pull}`,
    });
  });

  it('and starts after all no more says so, and ends in its own words', async () => {
    const { status, notes } = await watched([10, waiting(pull)], [10, runs], [1, late]);
    expect(notes).toEqual([pull, '']);
    expect(status).toEqual(late);
  });

  it('and does not end, as on a node that is lost, is left to a person some minutes after its deadline', async () => {
    await expect(watched([3_590, runs], [300, ending])).rejects.toMatchObject({
      code: 'refused',
      message:
        'The Job a has not ended, though its deadline is over: make sure that its machine is off or its process gone, remove its pod, then resume. Kubernetes is ending it: it ran too long.',
    });
    expect((await watched([3_590, runs], [200, ending], [1, late])).status).toEqual(late);
  });

  it('and is never said to have started does not run on for ever either', async () => {
    await expect(watched([3_600, waiting(pull)], [3_600, ending])).rejects.toBeInstanceOf(StillActs);
    const within = await watched([3_600, waiting(pull)], [300, ending], [1, late]);
    expect(within.status).toMatchObject({ state: 'failed' });
  });

  it('notes nothing of what every Job waits for a moment', async () => {
    const ended: JobStatus = { ...none, state: 'succeeded', sentence: 'Ended well.', exitCode: 0 };
    const { status, notes } = await watched(
      [1, waiting('Accepted; its pod is not there yet.')],
      [1, waiting('Its pod a-1 is starting.')],
      [5, runs],
      [1, ended],
    );
    expect(notes).toEqual([]);
    expect(status).toEqual(ended);
  });
});

describe('a Job of a later attempt', () => {
  const third = { ...planned('undo', 5), status: 'restoring' as const, attempt: 3, tries: 2 };
  const row = { itemId: 'i', runId: 'r', unit: '2026-02-10', version: 1, owner: null, state: third, begun: [] };
  const nameOf = (attempt: number) => jobName({ kind: 'undo', ...row, attempt });
  const wanted: JobSpec = { ...spec, kind: 'undo', name: nameOf(3) };

  /** Launches it while the one before has `state` for so many seconds. */
  async function launchedBeside(seconds: number) {
    const begunAt = performance.now();
    let launchedAtMs: number | null = null;
    const inspect = async (names: string[]) =>
      names.map((name): JobStatus => {
        if (name !== nameOf(2)) return { ...none, name, state: 'unknown', sentence: '' };
        return performance.now() - begunAt < seconds * 1_000 ? { ...runs, name } : { ...late, name };
      });
    const launcher = {
      inspect,
      stop: async () => undefined,
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
    const launched = launch({ ctx, row, signal: new AbortController().signal }, 'restore', wanted);
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
