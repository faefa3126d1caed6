import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { plannedFor } from '@/lib/backfill/machine';
import { watchJob } from '@/lib/backfill/run-job';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { createLog } from '@/lib/log';

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
  const row = { itemId: 'i', state: { ...plannedFor('replace', 5), status: 'relabelling' as const } };
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
        'The Job a has not ended, though its deadline is over: see to it that its pod is gone, then resume. Kubernetes is ending it: it ran too long.',
    });
    expect((await watched([3_590, runs], [200, ending], [1, late])).status).toEqual(late);
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
