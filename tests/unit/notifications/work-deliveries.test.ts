import { afterEach, expect, it, vi } from 'vitest';
import type { Context } from '@/lib/context';
import { workDeliveries } from '@/lib/notifications/outbox/work-deliveries';

afterEach(() => void vi.useRealTimers());

it('a worker that cannot write its channels says so and tries again', async () => {
  vi.useFakeTimers();
  const warn = vi.fn();
  const transaction = vi.fn().mockRejectedValueOnce(new Error('a column is missing')).mockResolvedValue(undefined);
  const query = vi.fn().mockResolvedValue([]);
  const notifications = {
    webhook: { url: 'http://127.0.0.1:1/x', secret: 'x' },
    slack: null,
    email: null,
    quiet: null,
  };
  const ctx = {
    config: { notifications },
    log: { warn },
    clock: { now: () => Date.now() },
    db: { transaction, query },
  };
  const over = new AbortController();
  const work = workDeliveries(ctx as unknown as Context, over.signal);
  await vi.advanceTimersByTimeAsync(6_000);
  expect([warn.mock.calls.length, transaction.mock.calls.length, query.mock.calls.length]).toEqual([1, 2, 1]);
  over.abort();
  await work;
});
