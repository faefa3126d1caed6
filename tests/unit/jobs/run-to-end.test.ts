import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobSpec, JobStatus } from '@/lib/jobs/model';
import { runToEnd, StillActs } from '@/lib/jobs/run-to-end';
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

/** Runs a Job that is for so many seconds what each status says. */
async function watched(...said: [seconds: number, JobStatus][]) {
  const notes: string[] = [];
  const begunAt = performance.now();
  const statusNow = () => {
    let until = begunAt;
    const now = said.find(([seconds]) => {
      until += seconds * 1_000;
      return performance.now() < until;
    });
    return (now ?? said.at(-1))?.[1];
  };
  const launcher = {
    platform: 'kubernetes' as const,
    launch: async () => ({ outcome: 'launched' as const }),
    inspect: async () => [statusNow()].filter((one) => one !== undefined),
    stop: async () => undefined,
    logs: async () => 'its log',
  };
  const over = runToEnd({ launcher, log: createLog('test', 'silent') }, spec, {
    note: (sentence) => notes.push(sentence),
  });
  const settled = Promise.allSettled([over]);
  await vi.runAllTimersAsync();
  await settled;
  return { status: (await over).job, notes };
}

describe('a Job that is watched', () => {
  const lost: JobStatus = { ...none, state: 'unknown', sentence: 'There is no trace of it.' };

  it('and is unknown for five seconds is not over: a platform may list it a moment late', async () => {
    const ended: JobStatus = { ...none, state: 'succeeded', sentence: 'Ended well.', exitCode: 0 };
    expect((await watched([4, lost], [1, runs], [1, ended])).status).toEqual(ended);
    expect((await watched([6, lost], [1, runs], [1, ended])).status).toEqual(lost);
  });

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
        'The Job a has not ended, though its deadline is over: make sure that its machine is off or its process gone, remove its pod, then try again. Kubernetes is ending it: it ran too long.',
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
