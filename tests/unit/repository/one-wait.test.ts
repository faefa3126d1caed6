import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atIntervals, every, poll } from '@/lib/poll';

/** Each pauses once, or tries a failing call again; none waits for a state. */
const pauses = [
  'lib/backfill/backups/work-backups.ts',
  'lib/backfill/repair/run-job.ts',
  'lib/clickhouse/pulse.ts',
  'lib/embedded/keep-running.ts',
  'lib/patience.ts',
  'lib/poll.ts',
];

it('only lib/poll.ts waits in a loop', () => {
  const files = ['lib', 'bin'].flatMap((top) =>
    readdirSync(top, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(top, file)),
  );
  const delayed = files.filter((file) => /import .*\bdelay\b.* from '.*clock'/.test(readFileSync(file, 'utf8')));
  expect(delayed.sort()).toEqual(pauses);
});

describe('poll', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('asks with growing pauses until the answer is not null', async () => {
    const asked: number[] = [];
    const begun = performance.now();
    const answer = poll({ firstMs: 100, mostMs: 300, factor: 2 }, () => {
      asked.push(Math.round(performance.now() - begun));
      return asked.length === 4 ? 'there' : null;
    });
    await vi.runAllTimersAsync();
    expect(await answer).toBe('there');
    expect(asked).toEqual([0, 100, 300, 600]);
  });

  it('looks once more when its time is over, and then answers null', async () => {
    let at = 0;
    const begun = performance.now();
    const answer = poll({ ...every(400), withinMs: 1_000 }, () => {
      at = Math.round(performance.now() - begun);
      return null;
    });
    await vi.runAllTimersAsync();
    expect(await answer).toBeNull();
    expect(at).toBeGreaterThanOrEqual(1_000);
  });

  it('ends with the reason of its signal, and work at intervals ends quietly', async () => {
    const stop = new AbortController();
    const waiting = poll({ ...every(1_000), signal: stop.signal }, () => null);
    const failures: unknown[] = [];
    const work = async () => {
      throw new Error('no answer');
    };
    const working = atIntervals(1_000, stop.signal, work, (error) => failures.push(error));
    const settled = Promise.allSettled([waiting, working]);
    await vi.advanceTimersByTimeAsync(2_500);
    stop.abort(new Error('stopped'));
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { message: 'stopped' } },
      { status: 'fulfilled' },
    ]);
    expect(failures).toHaveLength(3);
  });
});
