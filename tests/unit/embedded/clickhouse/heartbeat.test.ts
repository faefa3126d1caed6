import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHeartbeat } from '@/lib/embedded/clickhouse/engine/heartbeat';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an engine that answers is never lost, however late within its time', async () => {
  const lost = vi.fn();
  const heart = createHeartbeat({
    silentMaxMs: 4000,
    beat: () => new Promise((resolve) => setTimeout(resolve, 3500)),
    lost,
  });
  await vi.advanceTimersByTimeAsync(100_000);
  expect(lost).not.toHaveBeenCalled();
  heart.stop();
});

test('an engine that stops answering is silent, then lost once', async () => {
  const lost = vi.fn();
  let alive = true;
  const beat = () => (alive ? Promise.resolve() : new Promise(() => {}));
  const heart = createHeartbeat({ silentMaxMs: 4000, beat, lost });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(heart.silent()).toBe(false);
  alive = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect([heart.silent(), lost.mock.calls.length]).toEqual([true, 0]);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(lost).toHaveBeenCalledOnce();
});

test('an engine that ends is not lost: its end is seen elsewhere', async () => {
  const lost = vi.fn();
  createHeartbeat({ silentMaxMs: 4000, beat: () => Promise.reject(new Error('ended')), lost });
  await vi.advanceTimersByTimeAsync(100_000);
  expect(lost).not.toHaveBeenCalled();
});
