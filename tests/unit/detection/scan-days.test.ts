import { expect, it } from 'vitest';
import { dayStartMs } from '@/lib/days';
import { resultsOf, type StoredChunk, type Work } from '@/lib/detection/scan/scan-days';

const timeZone = 'America/Los_Angeles';
const at = (day: string) => dayStartMs(day, timeZone);
const chunk = (fromMs: number, toMs: number): StoredChunk => ({
  fromMs,
  toMs,
  done: true,
  asOfMs: 7,
  atLeast: false,
  tally: new Map(),
});

it('a day that the chunks of a scan do not cover wholly has no result', () => {
  const days = ['2026-03-07', '2026-03-08', '2026-03-09', '2026-03-10'];
  const half = at('2026-03-09') - 3_600_000;
  const chunks = [chunk(at('2026-03-07'), half), chunk(half, at('2026-03-09') + 1)];
  const work = { chunks, scope: { timeZone }, read: { asOfMs: 9 }, engine: { known: {} } } as unknown as Work;
  const found = resultsOf(work, { days, tally: new Map() });
  expect(found.map(({ day, asOfMs }) => [day, asOfMs])).toEqual([
    ['2026-03-07', 7],
    ['2026-03-08', 7],
  ]);
});
