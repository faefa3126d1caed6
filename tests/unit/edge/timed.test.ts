import { expect, it } from 'vitest';
import { timed } from '@/lib/edge/failed-response';
import { AppError } from '@/lib/errors';
import { instruments } from '@/lib/metrics/instruments';

const countOf = async (name: string): Promise<Record<string, number>> => {
  const { values } = await instruments.httpSeconds.get();
  const its = values.filter((one) => one.metricName?.endsWith('_count') && one.labels.name === name);
  return Object.fromEntries(its.map(({ labels, value }) => [String(labels.status), value]));
};

it('a request is counted once, by its name and the class of its status', async () => {
  await timed('test.read', async () => new Response('x'));
  await timed('test.read', async () => new Response(null, { status: 304 }));
  await timed('test.read', async () => new Response(null, { status: 499 }));
  const refused = { code: 'refused', message: 'no', requestId: 'r' } as const;
  await timed('test.read', async () => ({ ok: true, data: 1 }));
  await timed('test.read', async () => ({ ok: false, error: refused }));
  await timed('test.read', async () => ({ ok: false, error: { ...refused, code: 'unexpected' } }));
  expect(await countOf('test.read')).toEqual({ '2xx': 2, '3xx': 1, '4xx': 2, '5xx': 1 });
});

it('a signal that is thrown, such as a redirect, passes and is counted', async () => {
  const signal = new AppError('conflict', 'a signal');
  await expect(timed('test.redirect', () => Promise.reject(signal))).rejects.toBe(signal);
  expect(await countOf('test.redirect')).toEqual({ '3xx': 1 });
});
