import { expect, it } from 'vitest';
import { lastKnown } from '@/lib/health/metrics/read-metrics';

it('a scrape does not wait for a look that hangs, and has what was known before', async () => {
  let looks = 0;
  const read = lastKnown(10, () => {
    looks += 1;
    return looks === 1 ? Promise.resolve('first') : new Promise<string>(() => undefined);
  });
  expect(await read()).toBe('first');
  expect(await read()).toBe('first');
  expect(looks).toBe(2);
});
