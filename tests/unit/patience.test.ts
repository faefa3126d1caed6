import { expect, it, vi } from 'vitest';
import { patiently } from '@/lib/patience';

/** Work that takes `ms` a try, on the fake clock, and fails `failures` times. */
function failing({ failures, ms }: { failures: number; ms: number }) {
  let tries = 0;
  const work = async () => {
    tries += 1;
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (tries <= failures) throw new Error(`try ${tries}`);
    return tries;
  };
  return work;
}

async function outcome(patience: Parameters<typeof patiently>[0], work: () => Promise<number>) {
  vi.useFakeTimers();
  try {
    const result = patiently(patience, work).catch((error: Error) => error.message);
    await vi.runAllTimersAsync();
    return await result;
  } finally {
    vi.useRealTimers();
  }
}

it('work whose first try took longer than the limit is not repeated, so that a silent server is named soon', async () => {
  expect(await outcome({ msFor: () => 3_000 }, failing({ failures: 1, ms: 4_000 }))).toBe('try 1');
});

it('work is repeated for as long as its failure allows, and not at all where that is 0', async () => {
  expect(await outcome({ msFor: () => 3_000 }, failing({ failures: 4, ms: 10 }))).toBe(5);
  expect(await outcome({ msFor: () => 3_000 }, failing({ failures: 9, ms: 10 }))).toBe('try 5');
  expect(await outcome({ msFor: () => 0 }, failing({ failures: 1, ms: 10 }))).toBe('try 1');
  expect(await outcome(null, failing({ failures: 1, ms: 10 }))).toBe('try 1');
});
