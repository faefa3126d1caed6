import { describe, expect, test } from 'vitest';
import { decideDays } from '@/lib/find/read/days';
import { understand } from '@/lib/find/read/understand';

/** Monday. */
const today = '2026-02-16';
const when = (text: string, { timeZone = 'UTC', seen = [] as string[] } = {}) =>
  decideDays(understand(text, [], today).daysIn({ today, timeZone }), seen);
const sure = (text: string, more = {}) => {
  const { sure: days } = when(text, more);
  return days && `${days.from}/${days.to}`;
};
const day = '2026-02-10/2026-02-11';

describe('one day, as people write it', () => {
  test.each(
    [
      '2026-02-10',
      '2026/02/10',
      '10 Feb',
      '10 feb.',
      'Feb 10',
      'Feb 10th',
      'February 10, 2026',
      '10 February 2026',
      '10th of February',
      'the 10th of Feb',
      'Tue 10 Feb',
      'Tuesday, February 10',
      'on Tuesday, February 10',
      'on Tuesday the 10th of February',
      'On Tuesday, February 10',
      '10-Feb-2026',
      '10/Feb/26',
      "10 Feb '26",
      '10.02.2026',
      '10.2.26',
      '13/02/2026|13',
      '2026-02-10T03:01:45Z',
      '2026-02-10 03:01:45',
      '20260210',
      '6 days ago',
      'on Tuesday',
      'last Tuesday',
      '10 Feb 17 conversations',
      'Feb 10: 17 of 1204',
      '10FEB2026',
    ].map((text) => text.split('|')),
  )('%s', (text = '', other) => {
    expect(sure(text)).toBe(other ? '2026-02-13/2026-02-14' : day);
  });

  test.each([
    ['today', '2026-02-16/2026-02-17'],
    ['yesterday', '2026-02-15/2026-02-16'],
    ['the day before yesterday', '2026-02-14/2026-02-15'],
    ['17 Feb', '2025-02-17/2025-02-18'],
    ['31 Dec', '2025-12-31/2026-01-01'],
    ['29 Feb 2024', '2024-02-29/2024-03-01'],
  ])('%s is %s', (text, days) => expect(sure(text)).toBe(days));

  test('an instant is of the customer’s day', () => {
    expect(sure('labelled 2026-02-11T03:01:45Z', { timeZone: 'America/Los_Angeles' })).toBe(day);
    expect(sure('labelled 2026-02-11T03:01:45-08:00', { timeZone: 'America/Los_Angeles' })).toBe(
      '2026-02-11/2026-02-12',
    );
    expect(when('2026-02-11T00:00:00Z', { timeZone: 'America/Los_Angeles' }).maybe).toHaveLength(2);
  });
});

describe('ranges', () => {
  test.each([
    ['9-12 Feb', '2026-02-09/2026-02-13'],
    ['Feb 9-12, 2026', '2026-02-09/2026-02-13'],
    ['from 9 Feb to 12 Feb', '2026-02-09/2026-02-13'],
    ['between Feb 9 and Feb 12', '2026-02-09/2026-02-13'],
    ['2026-02-09 – 2026-02-12', '2026-02-09/2026-02-13'],
    ['30 Jan to 2 Feb 2026', '2026-01-30/2026-02-03'],
    ['From: 2026-02-09\nTo: 2026-02-12\nActive days are wrong', null],
    ['since 10 Feb', '2026-02-10/2026-02-17'],
    ['last week', '2026-02-09/2026-02-16'],
    ['the week of 9 Feb', '2026-02-09/2026-02-16'],
    ['last 3 days', '2026-02-14/2026-02-17'],
    ['January 2026', '2026-01-01/2026-02-01'],
    ['in January', '2026-01-01/2026-02-01'],
    ['last month', '2026-01-01/2026-02-01'],
    ['09.02.2026 - 12.02.2026', '2026-02-09/2026-02-13'],
    ['between 9 and 12 Feb, worst on 10 Feb', '2026-02-09/2026-02-13'],
  ])('%j', (text, days) => expect(sure(text)).toBe(days));
});

describe('which day a ticket is about', () => {
  test.each([
    ['Affected day: 10 Feb 2026\nReported: 12 Feb 2026'],
    ['Reported on 12 Feb 2026: on 10 Feb 2026 agents show 0'],
    ['Date: Thu, 12 Feb 2026 09:12:00 +0000\nFrom: a@b.example\nSubject: Active Days 0 on 10 Feb\n\nSee subject'],
    [
      'From: a@b.example\nSent: Wednesday, February 11, 2026 9:12 AM\nSubject: zero\n\nYesterday agents had 0 active days.',
    ],
    ['Jane Doe  [11 Feb 2026 9:12 AM]\nyesterday agents had 0 active days'],
    ['On Wed, 11 Feb 2026 at 09:12, Jane wrote:\n> yesterday agents had 0 active days'],
    ['agents show 0 on 10/02/2026 (Feb 10)'],
    ['Agents show 0 on 10 Feb. Due: 20 Feb 2026'],
    ['Since the release on 3 Feb we look closely, and the labels of 10 Feb are wrong. Open 24/7, version 1.2.26.'],
  ])('%j', (text) => expect(sure(text)).toBe(day));

  test('open readings and several days are asked about', () => {
    // The other reading of 10/02 lies in the future.
    expect(sure('agents show 0 on 10/02/2026')).toBe(day);
    expect(when('agents show 0 on 9 and 12 Feb').maybe).toHaveLength(2);
    expect(when('agents show 0 on 02/01/2026').maybe).toHaveLength(2);
    expect(when('agents show 0 on 9 Feb and on 12 Feb').maybe).toHaveLength(2);
    expect(when('last Friday').sure).toEqual({ from: '2026-02-13', to: '2026-02-14' });
  });

  test('the conversations settle what the text leaves open', () => {
    expect(sure('agents show 0 on 02/01/2026', { seen: ['2026-02-01'] })).toBe('2026-02-01/2026-02-02');
    expect(sure('no day at all', { seen: ['2026-02-10'] })).toBe(day);
    expect(sure('9 Feb and 12 Feb or 10 Feb', { seen: ['2026-02-10'] })).toBe(day);
  });

  test('what is no day is none', () => {
    for (const text of [
      '31 Feb 2026',
      'may 10 agents',
      '24/7',
      '10.20.30.40',
      'v2.10.26',
      'SUP-20260',
      '17 of 1,204',
      'march 3 of them',
      'Date: Thu, 12 Feb 2026 09:12:00\nFrom: a@b.example\n\nagents at 0',
    ])
      expect(when(text), text).toMatchObject({ sure: null, maybe: [] });
  });
});
