import { expect, test } from 'vitest';
import { momentOf } from '@/components/customers/moment-form';
import { instantOf, isMoment } from '@/lib/days';

test.each(['UTC', 'America/Los_Angeles', 'Asia/Kathmandu'])(
  'an exact moment in %s is the same instant again',
  (timeZone) => {
    const atMs = Date.UTC(2026, 1, 10, 3, 1, 45, 7);
    const text = momentOf(atMs, timeZone, true);
    expect(isMoment(text)).toBe(true);
    expect(instantOf(text, timeZone)).toBe(atMs);
    expect(instantOf(momentOf(atMs, timeZone), timeZone)).toBe(Date.UTC(2026, 1, 10, 3, 1));
  },
);
