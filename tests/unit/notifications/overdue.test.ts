import { describe, expect, it } from 'vitest';
import { overdueSteps, summaryKey } from '@/lib/notifications/conditions/overdue';

const lookedAtMs = Date.UTC(2026, 1, 10, 9);
const late = (...ids: string[]) => ids.map((customerId) => ({ customerId, lookedAtMs }));
const many = late('a', 'b', 'c', 'd', 'e', 'f', 'g');
const summary = { caseKey: summaryKey, customerId: null };
const caseOf = (customerId: string) => ({ caseKey: `${summaryKey} ${customerId}`, customerId });

describe('overdue customers', () => {
  it('are told of one by one while they are few', () => {
    const { announce, resolve } = overdueSteps(late('a', 'b'), [], 50);
    expect(announce.map(({ title }) => title)).toEqual(['The scan of a is overdue.', 'The scan of b is overdue.']);
    expect(announce[0]?.lines[0]).toBe('It was last looked at on 2026-02-10 09:00 UTC.');
    expect(resolve).toEqual([]);
  });

  it('are one summary where they are many, and resolve it only when nobody is overdue', () => {
    expect(overdueSteps(many, [], 50).announce).toMatchObject([
      { caseKey: summaryKey, title: 'The scans of 7 customers are overdue.', measure: { affected: 7, share: 0.14 } },
    ]);
    const fewer = overdueSteps(late('a'), [summary], 50);
    expect(fewer).toMatchObject({ announce: [{ title: 'The scan of 1 customer is overdue.' }], resolve: [] });
    expect(overdueSteps([], [summary], 50)).toMatchObject({ announce: [], resolve: [{ caseKey: summaryKey }] });
  });

  it('are resolved when they were looked at, each its own case', () => {
    const steps = overdueSteps(late('b'), [caseOf('a'), caseOf('b')], 50);
    expect(steps.resolve).toEqual([{ caseKey: 'scan overdue a', sentence: 'a was looked at again.' }]);
  });

  it('are said to have been looked at never where that is so', () => {
    const [one] = overdueSteps([{ customerId: 'new', lookedAtMs: null }], [], 50).announce;
    expect(one?.lines[0]).toBe('It was never looked at.');
  });
});
