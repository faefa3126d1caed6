import { describe, expect, it, test } from 'vitest';
import { momentOf } from '@/components/customers/moment-form';
import { instantOf, isMoment, twinOf } from '@/lib/days';
import { PastAddress } from '@/lib/detection/view/address';

test.each(['UTC', 'America/Los_Angeles', 'Asia/Kathmandu'])('a moment in %s is the same instant again', (timeZone) => {
  for (const atMs of [Date.UTC(2026, 1, 10, 3, 1), Date.UTC(2026, 1, 10, 3, 1, 45, 7)]) {
    const text = momentOf(atMs, timeZone);
    expect(isMoment(text)).toBe(true);
    expect(instantOf(text, timeZone)).toBe(atMs);
  }
});

describe('in the hour that clocks show twice', () => {
  const zone = 'America/New_York';
  const [first, second] = [Date.UTC(2026, 10, 1, 5, 30), Date.UTC(2026, 10, 1, 6, 30)];

  it.each([
    ['2026-11-01T01:30', first],
    ['2026-11-01T01:30:00-04:00', first],
    ['2026-11-01T01:30:00-05:00', second],
    ['2026-11-01T06:30:00.000Z', second],
    ['2026-11-01T12:15+05:45', second],
  ])('%s is one instant', (text, atMs) => {
    expect(isMoment(text)).toBe(true);
    expect(instantOf(text, zone)).toBe(atMs);
  });

  it('each of the two instants knows the other, and no other instant has one', () => {
    expect(twinOf(first, zone)).toBe(second);
    expect(twinOf(second, zone)).toBe(first);
    expect(twinOf(first - 3_600_000, zone)).toBeNull();
    expect(twinOf(first, 'UTC')).toBeNull();
    // Clocks skip from 02:00 to 03:00.
    expect(twinOf(Date.UTC(2026, 2, 8, 7, 30), zone)).toBeNull();
  });

  it('an address takes an offset, also one whose + arrived as a space', () => {
    const at = (text: string) => PastAddress.safeParse({ customer: 'acme', at: text });
    expect(at('2026-11-01T01:30 05:45').data?.at).toBe('2026-11-01T01:30+05:45');
    for (const wrong of ['2026-11-01T01:30-24:00', '2026-11-01T01:30z', '2026-11-01 01:30', '2026-11-01T01:30-5'])
      expect(at(wrong).success, wrong).toBe(false);
  });
});
