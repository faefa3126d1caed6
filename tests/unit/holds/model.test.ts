import { describe, expect, it } from 'vitest';
import { Recent } from '@/lib/clickhouse/recent';
import { type HoldNumber, holdKinds, holdSentence } from '@/lib/holds/model';
import { isInWindow } from '@/lib/hours-model';

const number = (kind: HoldNumber['kind'], value: number | null, limit: number, host: string | null = null) => ({
  kind,
  value,
  limit,
  host,
});
const look = (...numbers: HoldNumber[]) => ({ table: 'acme.labels', atMs: 0, numbers, unread: [] });

describe('the numbers that work waits for', () => {
  it('hold it above their limit, and the free disk below; at the limit and unread they hold nothing', () => {
    for (const kind of holdKinds) {
      const [at, over] = kind === 'free disk' ? [5, 4.9] : [5, 6];
      expect(holdSentence(look(number(kind, at, 5)))).toBeNull();
      expect(holdSentence(look(number(kind, null, 5)))).toBeNull();
      expect(holdSentence(look(number(kind, over, 5)))).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('are said in one sentence, with their limits and the worst host', () => {
    const held = look(number('mutations', 3, 0, 'ch-1'), number('free disk', 2.34, 5, 'ch-0'), number('parts', 9, 150));
    expect(holdSentence(held)).toBe(
      'Unfinished mutations of others on acme.labels: 3 (limit 0) on ch-1; a disk has 2.3 % free (limit 5 %) on ch-0.',
    );
  });
});

describe('the hours in which work may begin', () => {
  const at = (time: string) => Date.parse(`2026-02-10T${time}:00Z`);
  const berlin = 'Europe/Berlin';

  it('go over midnight where they end before they begin, in their own time zone', () => {
    const night = { from: '22:00', to: '06:00', timeZone: berlin };
    expect(['20:59', '21:00', '23:30', '04:59', '05:00'].map((time) => isInWindow(night, at(time)))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    const noon = { from: '12:00', to: '13:00', timeZone: 'UTC' };
    expect(['11:59', '12:00', '12:59', '13:00'].map((time) => isInWindow(noon, at(time)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('are all hours where both ends are the same', () => {
    expect(isInWindow({ from: '00:00', to: '00:00', timeZone: berlin }, at('12:00'))).toBe(true);
  });
});

describe('the failures of the last minute', () => {
  it('are a percentage of enough statements, and are forgotten after a minute', () => {
    const recent = new Recent();
    for (let n = 0; n < 19; n += 1) recent.note(true, 1_000);
    expect(recent.failedPercent(1_000)).toBeNull();
    for (let n = 0; n < 57; n += 1) recent.note(false, 30_000);
    expect(recent.failedPercent(30_000)).toBe(25);
    expect(recent.failedPercent(62_000)).toBe(0);
    recent.note(true, 91_000);
    expect(recent.failedPercent(91_000)).toBeNull();
  });
});
